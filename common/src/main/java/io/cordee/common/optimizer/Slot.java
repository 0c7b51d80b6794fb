package io.cordee.common.optimizer;

/**
 * State that an optimizer keeps for every parameter.
 *
 * @param name as in checkpoints and reports
 * @param initial its value for every parameter before the first round
 */
public record Slot(String name, float initial) {}
