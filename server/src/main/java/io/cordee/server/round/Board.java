package io.cordee.server.round;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Subvector;
import java.util.Optional;
import java.util.function.Consumer;

/** The chunks of the parameter vector, as they are read to be sent. */
public interface Board {

  Chunks chunks();

  /**
   * Shows this chunk's part of a vector at {@code version}. It holds still only while it is shown.
   *
   * @return whether the chunk is there (yet, or still) at that version
   */
  boolean show(Vector vector, int chunk, int version, Consumer<float[]> reader);

  /**
   * Copies some rows of a table, and what precedes it, out of this chunk's part of a vector.
   *
   * @return empty if the chunk is not there (yet, or still) at that version
   */
  Optional<float[]> copy(Vector vector, int chunk, int version, Subvector part);

  /**
   * The last step of a chunk.
   *
   * @throws IllegalStateException if steps are not sent as signs
   */
  default SignStep signStep(int chunk) {
    throw new IllegalStateException("the steps of chunk " + chunk + " are not sent as signs");
  }

  /**
   * Shows what it takes to replay the steps of a chunk from now on, while it holds still.
   *
   * @throws IllegalStateException if they are not replayed
   */
  default void showState(int chunk, Consumer<ShownChunk> reader) {
    throw new IllegalStateException("the steps of chunk " + chunk + " are not replayed");
  }

  /**
   * Copies what it takes to replay the steps of a part of a chunk from now on.
   *
   * @throws IllegalStateException if they are not replayed
   */
  default ShownChunk copyState(int chunk, Subvector part) {
    throw new IllegalStateException("the steps of chunk " + chunk + " are not replayed");
  }
}
