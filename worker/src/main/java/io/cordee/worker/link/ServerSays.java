package io.cordee.worker.link;

import java.nio.ByteBuffer;
import java.util.BitSet;

/** What the server can tell a worker. */
public sealed interface ServerSays {

  /** Hello to you; this is the job, as resolved YAML. */
  record Welcome(String name, String job) implements ServerSays {}

  /** Load the rows of these partitions and say when they are there. */
  record Prepare(int plan, BitSet partitions) implements ServerSays {}

  /**
   * One chunk of a vector.
   *
   * @param values float32, little-endian
   */
  record Chunk(int version, Kind kind, int chunk, ByteBuffer values) implements ServerSays {}

  /** Compute these partitions at this version. */
  record Lease(int version, BitSet partitions) implements ServerSays {}

  /** Measure these slices of the test rows at this version. */
  record Evaluate(int version, BitSet slices) implements ServerSays {}

  /** The job is over. */
  record Finished(boolean completed, String message) implements ServerSays {}

  /** Which vector a chunk belongs to. */
  enum Kind {
    /** Where gradients are taken. */
    EVALUATION_POINT,
    /** The weights, where they differ from the evaluation point. */
    WEIGHTS
  }
}
