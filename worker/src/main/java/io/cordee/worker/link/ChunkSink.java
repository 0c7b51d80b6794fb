package io.cordee.worker.link;

import java.util.OptionalLong;

/** Where chunks go as they arrive, on the connection's own thread. */
@FunctionalInterface
public interface ChunkSink {

  /**
   * @param chunk its values are valid only until this returns
   * @throws IllegalArgumentException if it is not a chunk of the job
   */
  void put(Chunk chunk);

  /** What a chunk's values are. */
  sealed interface Content {

    /** Where gradients are taken, as float32. */
    record EvaluationPoint() implements Content {}

    /** The weights, where they differ from the evaluation point, as float32. */
    record Weights() implements Content {}

    /**
     * The signs of the step to this version, two bits each.
     *
     * @param checksum of the state after the step, now and then
     */
    record SignsOf(boolean lossRose, OptionalLong checksum) implements Content {}

    /**
     * One vector of the chunk's state, as float32.
     *
     * @param part 0 the weights, 1 those of the version before, 2 and above the slots
     * @param checksum of the whole, with part 0
     */
    record State(int part, OptionalLong checksum) implements Content {}
  }

  /** One chunk of a vector, at a version. */
  record Chunk(int version, int chunk, Content content, VectorData values) {}
}
