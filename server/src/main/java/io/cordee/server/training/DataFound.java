package io.cordee.server.training;

import io.cordee.common.job.RowCounts;
import io.cordee.common.job.data.Columns;
import io.cordee.common.kernel.Xxh64;
import java.nio.LongBuffer;

/**
 * The data that a worker finds in the job's files.
 *
 * @param arithmetic what decides the bits of its gradients, in a few words
 * @param sums a checksum of the rows of each partition, then of each slice of the evaluated rows;
 *     not to be written
 * @param room how many partitions it has memory for; {@link #ALL} if it has all of them there
 */
public record DataFound(
    RowCounts rows, String arithmetic, Columns columns, LongBuffer sums, int room) {

  /** A room for all rows, which are at hand at any time. */
  public static final int ALL = Integer.MAX_VALUE;

  /** With room for all rows, which are not compared with those of others. */
  public DataFound(RowCounts rows, String arithmetic, Columns columns) {
    this(rows, arithmetic, columns, LongBuffer.allocate(0), ALL);
  }

  /** Returns a checksum of all rows. */
  public long checksum() {
    long[] all = new long[sums.remaining()];
    sums.duplicate().get(all);
    return Xxh64.hash(all);
  }
}
