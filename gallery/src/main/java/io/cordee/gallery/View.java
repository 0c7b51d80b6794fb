package io.cordee.gallery;

import io.cordee.common.svg.Svg;

/**
 * What part of the plane a panel shows, and how large.
 *
 * @param width in pixels
 * @param height in pixels
 * @param isLog whether y is shown by its logarithm
 */
record View(
    double left,
    double right,
    double bottom,
    double top,
    double width,
    double height,
    boolean isLog) {

  View {
    if (!(left < right && bottom < top && (!isLog || bottom > 0))) {
      throw new IllegalArgumentException(
          "expected left < right and bottom < top, above 0 for a logarithm; found %s, %s, %s, %s"
              .formatted(left, right, bottom, top));
    }
  }

  static View of(double left, double right, double bottom, double top) {
    return new View(left, right, bottom, top, 320, 224, false);
  }

  double px(double x) {
    return (x - left) / (right - left) * width;
  }

  double py(double y) {
    double share =
        isLog ? Math.log(y / bottom) / Math.log(top / bottom) : (y - bottom) / (top - bottom);
    return (1 - share) * height;
  }

  /** A point as in the attribute {@code points}. */
  String at(double x, double y) {
    return Svg.number(px(x)) + "," + Svg.number(py(y));
  }
}
