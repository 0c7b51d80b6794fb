package io.cordee.bench.report;

import java.util.Locale;

/** What a ratio is held to. */
public record Bar(Side side, double value) {

  /** On which side of the bar a ratio should be. */
  enum Side {
    AT_LEAST,
    AT_MOST
  }

  public static Bar atLeast(double value) {
    return new Bar(Side.AT_LEAST, value);
  }

  public static Bar atMost(double value) {
    return new Bar(Side.AT_MOST, value);
  }

  boolean isMetBy(double ratio) {
    return side == Side.AT_LEAST ? ratio >= value : ratio <= value;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %.2f", side == Side.AT_LEAST ? ">=" : "<=", value);
  }
}
