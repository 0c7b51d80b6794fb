package io.cordee.server.grpc;

/**
 * What shard 0 answers.
 *
 * @param job as YAML
 * @param version to begin at
 * @param seal of what shard 0 grants workers
 */
public record Invitation(String job, int version, Seal seal) {}
