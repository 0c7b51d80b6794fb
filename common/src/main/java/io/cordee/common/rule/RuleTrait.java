package io.cordee.common.rule;

/** What kind of step a rule takes. */
enum RuleTrait {
  /** It looks at the size of the gradient, and makes sense with any part of a batch. */
  ANY_GRADIENT(""),
  /** It looks at the gradient's signs alone. */
  SIGN_DRIVEN(
      "it compares the signs of successive gradients of the whole batch, and those of parts of it flip by chance"),
  /** It compares successive gradients. */
  WHOLE_BATCH(
      "it takes the change between successive gradients of the whole batch for curvature, and parts of it differ by chance"),
  /** It solves for the minimum of one batch's model. */
  CURVATURE("its step leads to the minimum that the whole batch's curvature points to");

  private final String whySynchronous;

  RuleTrait(String whySynchronous) {
    this.whySynchronous = whySynchronous;
  }

  /** Why it cannot be applied to parts of the batch as they come; empty if it can. */
  String whySynchronous() {
    return whySynchronous;
  }
}
