package io.cordee.server.training;

import java.util.OptionalDouble;

/**
 * Shard 0's order to apply a round.
 *
 * @param version at which it began
 * @param norm of the mean gradient, where it is clipped
 * @param meanLoss at that version
 * @param seconds of training until now
 * @param isKept whether the version that it leads to is to be kept
 */
public record RoundOrder(
    int version, OptionalDouble norm, double meanLoss, double seconds, boolean isKept) {}
