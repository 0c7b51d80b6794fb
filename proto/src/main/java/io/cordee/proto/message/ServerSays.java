package io.cordee.proto.message;

import io.cordee.common.reduce.Shard;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;

/** What a server tells a worker, besides chunks. */
public sealed interface ServerSays {

  /**
   * The answer to hello, with the job as resolved YAML.
   *
   * @param shard which of the servers that share the vector this is
   * @param others from shard 0: where the others listen, HOST:PORT, by number from 1; "" for one
   *     that does not say
   */
  record Welcome(String name, String job, Shard shard, List<String> others) implements ServerSays {}

  /** From shard 0: to be handed to the others, unread. */
  record Permit(ByteBuffer sealed) implements ServerSays {}

  /** Load the rows of these partitions, and report when done. */
  record Prepare(int plan, BitSet partitions) implements ServerSays {}

  /** Compute these partitions at this version. */
  record Lease(int version, BitSet partitions) implements ServerSays {}

  /** Evaluate these slices of the test rows at this version. */
  record Evaluate(int version, BitSet slices) implements ServerSays {}

  record Finished(JobEnd how, String message) implements ServerSays {}
}
