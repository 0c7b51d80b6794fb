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
   * @param rows of the table that are read, with what lies before it; all if it is empty
   * @return whether the chunk is there (yet, or still) at that version
   */
  boolean show(
      Vector vector, int chunk, int version, Optional<Subvector> rows, Consumer<float[]> reader);

  /** The same, of all rows. */
  default boolean show(Vector vector, int chunk, int version, Consumer<float[]> reader) {
    return show(vector, chunk, version, Optional.empty(), reader);
  }

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
   * @param rows as in {@link #show}
   * @throws IllegalStateException if they are not replayed
   */
  default void showState(int chunk, Optional<Subvector> rows, Consumer<ChunkState> reader) {
    throw new IllegalStateException("the steps of chunk " + chunk + " are not replayed");
  }
}
