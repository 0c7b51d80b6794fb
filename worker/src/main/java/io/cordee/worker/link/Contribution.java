package io.cordee.worker.link;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Holding;
import io.cordee.common.wire.GradientFormat;
import io.cordee.function.Sums;

/**
 * The sums at a node of the reduction tree, for the vector of a version.
 *
 * @param sums of what is held, rounded for the way up
 */
public record Contribution(
    int version, int node, Tally tally, Sums sums, GradientFormat format, Holding holding) {}
