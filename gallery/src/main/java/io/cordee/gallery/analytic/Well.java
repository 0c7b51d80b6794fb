package io.cordee.gallery.analytic;

/**
 * The lecture's f(x, y) = −exp(−(3x/4)² − (5y/4)²): changes faster in the y-direction; lowest at
 * the origin, flat far from it, and with negative curvature in between.
 */
public record Well() implements AnalyticFunction {

  /** f = −e, e = exp(−(ax² + by²)/2). */
  private static final double A = 9.0 / 8;

  private static final double B = 25.0 / 8;

  @Override
  public String name() {
    return "well";
  }

  @Override
  public double value(double[] x) {
    return -StrictMath.exp(-(A * x[0] * x[0] + B * x[1] * x[1]) / 2);
  }

  @Override
  public double[] gradient(double[] x) {
    double e = -value(x);
    return new double[] {A * x[0] * e, B * x[1] * e};
  }

  @Override
  public double[][] hessian(double[] x) {
    double e = -value(x);
    double mixed = -A * B * x[0] * x[1] * e;
    return new double[][] {
      {A * (1 - A * x[0] * x[0]) * e, mixed},
      {mixed, B * (1 - B * x[1] * x[1]) * e}
    };
  }
}
