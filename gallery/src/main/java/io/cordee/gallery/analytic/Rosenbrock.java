package io.cordee.gallery.analytic;

/**
 * Rosenbrock's valley, of any dimension from 2: f(x) = Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²; 0 at (1, …,
 * 1).
 */
public record Rosenbrock() implements AnalyticFunction {

  @Override
  public String name() {
    return "rosenbrock";
  }

  @Override
  public int maxDimension() {
    return Integer.MAX_VALUE;
  }

  @Override
  public double value(double[] x) {
    double sum = 0;
    for (int i = 0; i + 1 < x.length; i++) {
      double off = x[i + 1] - x[i] * x[i];
      sum += 100 * off * off + (1 - x[i]) * (1 - x[i]);
    }
    return sum;
  }

  @Override
  public double[] gradient(double[] x) {
    double[] gradient = new double[x.length];
    for (int i = 0; i + 1 < x.length; i++) {
      double off = x[i + 1] - x[i] * x[i];
      gradient[i] += -400 * x[i] * off - 2 * (1 - x[i]);
      gradient[i + 1] += 200 * off;
    }
    return gradient;
  }

  @Override
  public double[][] hessian(double[] x) {
    double[][] hessian = new double[x.length][x.length];
    for (int i = 0; i + 1 < x.length; i++) {
      hessian[i][i] += 1200 * x[i] * x[i] - 400 * x[i + 1] + 2;
      hessian[i + 1][i + 1] += 200;
      hessian[i][i + 1] = -400 * x[i];
      hessian[i + 1][i] = -400 * x[i];
    }
    return hessian;
  }
}
