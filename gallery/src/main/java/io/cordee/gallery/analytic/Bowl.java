package io.cordee.gallery.analytic;

/**
 * A quadratic of any dimension d: f(x) = ½ Σ κ^(i/(d−1)) xᵢ², i from 0; its curvatures run from 1
 * to κ.
 *
 * @param condition κ
 */
public record Bowl(double condition) implements AnalyticFunction {

  public Bowl {
    if (!(condition >= 1 && condition < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the bowl's condition number must be at least 1; found " + condition);
    }
  }

  @Override
  public String name() {
    return "bowl";
  }

  @Override
  public int minDimension() {
    return 1;
  }

  @Override
  public int maxDimension() {
    return Integer.MAX_VALUE;
  }

  @Override
  public double value(double[] x) {
    double[] gradient = gradient(x);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += gradient[i] * x[i];
    }
    return sum / 2;
  }

  @Override
  public double[] gradient(double[] x) {
    double[] gradient = curvature(x);
    for (int i = 0; i < x.length; i++) {
      gradient[i] *= x[i];
    }
    return gradient;
  }

  @Override
  public double[] curvature(double[] x) {
    double[] curvature = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      curvature[i] = StrictMath.pow(condition, i / Math.max(1.0, x.length - 1));
    }
    return curvature;
  }

  @Override
  public double[][] hessian(double[] x) {
    double[] curvature = curvature(x);
    double[][] hessian = new double[x.length][x.length];
    for (int i = 0; i < x.length; i++) {
      hessian[i][i] = curvature[i];
    }
    return hessian;
  }
}
