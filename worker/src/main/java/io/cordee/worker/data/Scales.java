package io.cordee.worker.data;

/** What features are divided by. */
final class Scales {

  private Scales() {}

  /** The scale, if features can be divided by it. */
  static double checked(double scale, String name) {
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new DataException(
          name + ": expected a scale that is positive and finite; found " + scale);
    }
    return scale;
  }
}
