package io.cordee.server.round;

import io.cordee.common.reduce.Chunks;
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
   * The last step of a chunk.
   *
   * @throws IllegalStateException if steps are not sent as signs
   */
  SignStep signStep(int chunk);

  /** Shows what it takes to replay the steps of a chunk from now on, while it holds still. */
  void showState(int chunk, Consumer<ChunkState> reader);
}
