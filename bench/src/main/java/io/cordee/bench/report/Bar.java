package io.cordee.bench.report;

/** What a ratio is held to. */
public record Bar(Side side, double value) {

  /** A ratio that is only told. */
  public static final Bar NONE = new Bar(Side.NONE, 0);

  /** On which side of the bar a ratio should be. */
  public enum Side {
    AT_LEAST,
    AT_MOST,
    NONE
  }

  public static Bar atLeast(double value) {
    return new Bar(Side.AT_LEAST, value);
  }

  public static Bar atMost(double value) {
    return new Bar(Side.AT_MOST, value);
  }

  public boolean isMetBy(double ratio) {
    return switch (side) {
      case AT_LEAST -> ratio >= value;
      case AT_MOST -> ratio <= value;
      case NONE -> true;
    };
  }
}
