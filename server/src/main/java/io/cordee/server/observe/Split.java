package io.cordee.server.observe;

/**
 * Where the time of a round went, in nanoseconds; the parts add up to the round.
 * docs/observability.md has the definitions.
 *
 * @param compute until the first worker began to send the last of its sums
 * @param waiting from then on until the last worker did
 * @param wire until the last message was in
 * @param step what was left to be done then
 */
public record Split(double compute, double waiting, double wire, double step) {

  public static final Split NONE = new Split(0, 0, 0, 0);

  public double total() {
    return compute + waiting + wire + step;
  }

  Split plus(Split more) {
    return new Split(
        compute + more.compute, waiting + more.waiting, wire + more.wire, step + more.step);
  }

  Split minus(Split less) {
    return new Split(
        compute - less.compute, waiting - less.waiting, wire - less.wire, step - less.step);
  }

  Split times(double factor) {
    return new Split(compute * factor, waiting * factor, wire * factor, step * factor);
  }
}
