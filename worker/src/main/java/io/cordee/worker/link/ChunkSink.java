package io.cordee.worker.link;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Receives chunks as they arrive, on the connection's own thread. */
@FunctionalInterface
public interface ChunkSink {

  /**
   * @param chunk its values are valid only until this returns
   * @throws IllegalArgumentException if it is not a chunk of the job
   */
  void put(Chunk chunk);

  sealed interface Content {

    /** Where gradients are taken, as float32. */
    record LookaheadPoint() implements Content {}

    /** The weights, where they differ from the lookahead point, as float32. */
    record Weights() implements Content {}

    /**
     * The signs of the step to this version, two bits each.
     *
     * @param checksums of the state after the step, now and then: one for each chunk, or none
     */
    record SignsOf(boolean lossRose, List<Long> checksums) implements Content {}

    /**
     * One vector of the chunk's state, as float32.
     *
     * @param part 0 the weights, 1 those of the version before, 2 and above the slots
     * @param checksum of the whole, with part 0
     */
    record State(int part, OptionalLong checksum) implements Content {}
  }

  /**
   * One or more neighbouring chunks of a vector at a version, their values concatenated.
   *
   * @param chunk the first
   * @param holding the number of the {@link io.cordee.common.reduce.Holding} that says which of
   *     their parameters these are
   */
  record Chunk(int version, int chunk, int count, Content content, int holding, VectorData values) {

    /** With all of their parameters. */
    public Chunk(int version, int chunk, int count, Content content, VectorData values) {
      this(version, chunk, count, content, 0, values);
    }

    /**
     * @throws IllegalArgumentException if there are no such chunks, or they have other lengths
     */
    public void check(int chunks, IntUnaryOperator bytes) {
      if (chunk < 0 || count < 1 || count > chunks - chunk) {
        throw new IllegalArgumentException("no chunk " + words() + " of " + chunks);
      }
      long expected = IntStream.range(chunk, chunk + count).mapToLong(bytes::applyAsInt).sum();
      if (values.size() != expected) {
        throw new IllegalArgumentException(
            "chunk " + words() + " has " + expected + " bytes; found " + values.size());
      }
    }

    private String words() {
      return count == 1 ? "" + chunk : chunk + " to " + (chunk + (long) count - 1);
    }
  }
}
