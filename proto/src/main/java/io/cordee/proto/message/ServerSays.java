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

  /**
   * Load the rows of these partitions, and report when done.
   *
   * @param warmsUp whether rounds go on meanwhile, so that it may become fast first
   */
  record Prepare(int plan, BitSet partitions, boolean warmsUp) implements ServerSays {}

  /** Compute these partitions at this version. */
  record Lease(int version, BitSet partitions) implements ServerSays {}

  /**
   * Give up some of what was leased at this version and is not begun, to a worker that is done and
   * takes {@code nanos} per partition.
   */
  record Spare(int version, long nanos) implements ServerSays {}

  /** Evaluate these slices of the test rows at this version. */
  record Evaluate(int version, BitSet slices) implements ServerSays {}

  record Finished(JobEnd how, String message) implements ServerSays {}
}
