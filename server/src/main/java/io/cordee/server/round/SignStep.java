package io.cordee.server.round;

import java.util.OptionalLong;

/**
 * A step of a chunk, for replicas that replay it.
 *
 * @param version the one that it led to
 * @param lossRose whether the loss of the round was larger than that of the one before
 * @param checksum of the chunk's weights and replayed slots afterwards, if it is to be compared
 * @param signs that the weights were moved by
 */
public record SignStep(int version, boolean lossRose, OptionalLong checksum, StepSigns signs) {}
