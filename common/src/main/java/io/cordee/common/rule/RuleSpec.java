package io.cordee.common.rule;

/** A rule and the value of each of its settings: what a job file says of the rule, resolved. */
public record RuleSpec(String name, Settings settings) {}
