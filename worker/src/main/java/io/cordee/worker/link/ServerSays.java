package io.cordee.worker.link;

import io.cordee.common.reduce.Shard;
import java.util.BitSet;

/** What a server tells a worker, besides chunks. */
public sealed interface ServerSays {

  /**
   * The answer to hello, with the job as resolved YAML.
   *
   * @param shard which of the servers that share the vector this is
   */
  record Welcome(String name, String job, Shard shard) implements ServerSays {}

  /** Load the rows of these partitions, and report when done. */
  record Prepare(int plan, BitSet partitions) implements ServerSays {}

  /** Compute these partitions at this version. */
  record Lease(int version, BitSet partitions) implements ServerSays {}

  /** Evaluate these slices of the test rows at this version. */
  record Evaluate(int version, BitSet slices) implements ServerSays {}

  /** The job is over. */
  record Finished(JobEnd how, String message) implements ServerSays {}
}
