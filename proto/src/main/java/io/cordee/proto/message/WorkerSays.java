package io.cordee.proto.message;

import io.cordee.common.job.RowCounts;
import io.cordee.common.job.Tally;
import io.cordee.common.job.data.Columns;
import io.cordee.common.kernel.Xxh64;
import io.cordee.proto.connection.Connections;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.OptionalInt;

/** What a worker tells a server, besides contributions. */
public sealed interface WorkerSays {

  /**
   * The first message.
   *
   * @param name for people; the server makes it unique
   * @param threads compute threads
   * @param host after which the server names a worker without a name; empty for one with a name
   */
  record Hello(int protocol, String version, String name, int threads, String host)
      implements WorkerSays {

    public Hello(String name, int threads) {
      this(Connections.PROTOCOL, Connections.VERSION, name, threads, "");
    }

    /** Introduces a worker that the server is to name after its host. */
    public static Hello from(String host, int threads) {
      return new Hello(Connections.PROTOCOL, Connections.VERSION, "", threads, host);
    }

    /** The same by another name. */
    public Hello named(String other) {
      return new Hello(protocol, version, other, threads, host);
    }
  }

  /** Some of the checksums that belong to the next {@link DataFound}, in order. */
  record RowChecksums(LongBuffer sums) implements WorkerSays {}

  /**
   * What a worker finds in the job's files.
   *
   * @param sums a checksum of the rows of each partition, then of each slice of the evaluated rows;
   *     not to be written. On the wire they precede the message, as {@link RowChecksums}.
   * @param room how many partitions it has memory for; {@link #ALL} if it has all of them there
   */
  record DataFound(RowCounts rows, String arithmetic, Columns columns, LongBuffer sums, int room)
      implements WorkerSays {

    /** A room for all rows, which are at hand at any time. */
    public static final int ALL = Integer.MAX_VALUE;

    /** With room for all rows, which are not compared with those of others. */
    public DataFound(RowCounts rows, String arithmetic, Columns columns) {
      this(rows, arithmetic, columns, LongBuffer.allocate(0), ALL);
    }

    /** The same with what was said of its rows before. */
    public DataFound with(LongBuffer before) {
      return new DataFound(rows, arithmetic, columns, before, room);
    }

    /** Of all rows. */
    public long checksum() {
      long[] all = new long[sums.remaining()];
      sums.duplicate().get(all);
      return Xxh64.hash(all);
    }
  }

  /** The rows of a plan are in the worker's memory. */
  record Prepared(int plan) implements WorkerSays {}

  /**
   * The rows of the model's table that the worker holds from now on.
   *
   * @param number from 1, rising
   * @param version of the parameters; all from now on if empty
   * @param rows ascending, not to be written; on the wire they may take several messages
   * @param isMore whether more rows follow in the next message
   */
  record Holds(int number, OptionalInt version, IntBuffer rows, boolean isMore)
      implements WorkerSays {

    /** All of them. */
    public Holds(int number, OptionalInt version, int[] rows) {
      this(number, version, IntBuffer.wrap(rows), false);
    }

    public int[] array() {
      int[] array = new int[rows.remaining()];
      rows.duplicate().get(array);
      return array;
    }
  }

  /** To a shard other than 0: what shard 0 has sealed. */
  record Permit(ByteBuffer sealed) implements WorkerSays {}

  /** The result of evaluating a slice at a version. */
  record Evaluated(int version, int slice, Tally tally) implements WorkerSays {}

  /** The worker's replica of a chunk differs from the server's state, which it needs. */
  record Differs(int version, int chunk) implements WorkerSays {}

  record Heartbeat() implements WorkerSays {}

  /** The worker cannot continue; nor could any other, if {@code isForAll}. */
  record Failure(String message, boolean isForAll) implements WorkerSays {}

  /**
   * The last message.
   *
   * @param reason why it leaves before the end; empty at the end
   */
  record Goodbye(String reason) implements WorkerSays {}
}
