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
public record RoundTime(double compute, double waiting, double wire, double step) {

  public static final RoundTime NONE = new RoundTime(0, 0, 0, 0);

  public double total() {
    return compute + waiting + wire + step;
  }

  RoundTime plus(RoundTime more) {
    return new RoundTime(
        compute + more.compute, waiting + more.waiting, wire + more.wire, step + more.step);
  }

  RoundTime minus(RoundTime less) {
    return new RoundTime(
        compute - less.compute, waiting - less.waiting, wire - less.wire, step - less.step);
  }

  RoundTime times(double factor) {
    return new RoundTime(compute * factor, waiting * factor, wire * factor, step * factor);
  }
}
