package io.cordee.common.rule;

/** A rule and the value of each of its settings: what a job file says of the rule, resolved. */
public record RuleSpec(String name, Settings settings) {

  /**
   * @throws IllegalArgumentException if there is no rule of this name
   */
  public RuleDefinition definition() {
    return RuleCatalog.find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no rule " + name + "; expected one of " + RuleCatalog.names()));
  }

  /** Whether a gradient is shortened by the norm of the whole vector. */
  public boolean clipsNorm() {
    return NormClip.of(settings).isPresent();
  }
}
