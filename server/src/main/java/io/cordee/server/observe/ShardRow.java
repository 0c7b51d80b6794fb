package io.cordee.server.observe;

/**
 * A shard as shard 0 knows it.
 *
 * @param version where its chunks stand
 * @param lag nanoseconds by which it was later than shard 0 in the last round; 0 if it was not
 * @param silentNanos since it last said that it had stepped
 */
public record ShardRow(
    int number,
    int chunks,
    int parameters,
    boolean isHere,
    int version,
    long lag,
    long silentNanos) {}
