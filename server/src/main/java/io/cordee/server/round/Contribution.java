package io.cordee.server.round;

import io.cordee.common.job.Tally;

/**
 * The sum for one node of the reduction tree, for one chunk and version.
 *
 * @param version how many rounds the weights it was computed at had behind them
 * @param sums gradient sums of the chunk's parameters, then what else the rule asks for; owned by
 *     the receiver
 */
public record Contribution(int version, int node, int chunk, Tally tally, float[] sums) {}
