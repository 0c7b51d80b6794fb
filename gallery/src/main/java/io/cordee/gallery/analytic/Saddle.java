package io.cordee.gallery.analytic;

/**
 * f(x, y) = ½x² − ½y² + ¼y⁴: a saddle point at the origin, from which it falls along y to −¼ at (0,
 * ±1); bounded below, so that an optimizer can arrive somewhere.
 */
public record Saddle() implements AnalyticFunction {

  @Override
  public String name() {
    return "saddle";
  }

  @Override
  public double value(double[] x) {
    double y2 = x[1] * x[1];
    return x[0] * x[0] / 2 - y2 / 2 + y2 * y2 / 4;
  }

  @Override
  public double[] gradient(double[] x) {
    return new double[] {x[0], x[1] * (x[1] * x[1] - 1)};
  }

  @Override
  public double[][] hessian(double[] x) {
    return new double[][] {{1, 0}, {0, 3 * x[1] * x[1] - 1}};
  }
}
