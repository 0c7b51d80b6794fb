package io.cordee.server.grpc;

import io.cordee.common.job.Job;

/**
 * What shard 0 answers.
 *
 * @param run the id of the run that the shard takes part in
 * @param version to begin at
 * @param seal of what shard 0 grants workers
 */
public record Invitation(Job job, String run, int version, Seal seal) {}
