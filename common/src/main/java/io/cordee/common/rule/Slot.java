package io.cordee.common.rule;

/**
 * State that a rule keeps for every parameter.
 *
 * @param name as in checkpoints and reports
 * @param initial its value for every parameter before the first round
 */
public record Slot(String name, float initial) {}
