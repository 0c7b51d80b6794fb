package io.cordee.gallery.analytic;

/**
 * A function that rules can be watched on, with its derivatives, all in double and the same on
 * every machine.
 */
public sealed interface AnalyticFunction permits Well, Bowl, Rosenbrock, Saddle {

  /** As on the command line. */
  String name();

  /** The fewest coordinates of a point. */
  default int minDimension() {
    return 2;
  }

  /** The most coordinates of a point. */
  default int maxDimension() {
    return 2;
  }

  double value(double[] x);

  /** One first derivative per coordinate. */
  double[] gradient(double[] x);

  /** Row by row, symmetric. */
  double[][] hessian(double[] x);

  /** The diagonal of the Hessian. */
  default double[] curvature(double[] x) {
    double[][] hessian = hessian(x);
    double[] diagonal = new double[x.length];
    for (int i = 0; i < diagonal.length; i++) {
      diagonal[i] = hessian[i][i];
    }
    return diagonal;
  }
}
