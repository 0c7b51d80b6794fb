package io.cordee.worker.data.rows;

import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What is known of all partitions once they have been read.
 *
 * @param checksums of the rows of each
 * @param largest bytes of one in memory
 * @param mostTouched rows of the model's table that one touches
 * @param classes how many rows each has
 */
public record SeenRows(long[] checksums, long largest, int mostTouched, long[] classes) {

  /** With those of the partitions behind these. */
  SeenRows plus(SeenRows next) {
    return new SeenRows(
        LongStream.concat(LongStream.of(checksums), LongStream.of(next.checksums)).toArray(),
        Math.max(largest, next.largest),
        Math.max(mostTouched, next.mostTouched),
        IntStream.range(0, classes.length).mapToLong(k -> classes[k] + next.classes[k]).toArray());
  }
}
