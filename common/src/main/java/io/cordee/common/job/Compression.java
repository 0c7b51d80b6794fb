package io.cordee.common.job;

import io.cordee.common.wire.GradientFormat;

/**
 * The formats of gradients and weights on the wire.
 *
 * @param gradients what sums of gradients are rounded to, and sent as
 * @param weights what workers are sent after a step
 * @param checkEvery rounds, at least 1, between two checks that the workers' replicas are the
 *     server's state, where steps are replayed from signs
 */
public record Compression(GradientFormat gradients, WeightFormat weights, int checkEvery) {}
