package io.cordee.server.shard;

/**
 * What shard 0 answers.
 *
 * @param job as YAML
 * @param version to begin at
 * @param isForLater whether the shard is to come again when its chunks stand there
 */
public record Invitation(String job, int version, boolean isForLater) {}
