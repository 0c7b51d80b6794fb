package io.cordee.gallery.analytic;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A function that optimizers can be watched on, with its derivatives, all in double and the same on
 * every machine.
 */
public sealed interface AnalyticFunction permits Well, Bowl, Rosenbrock, Saddle {

  double DEFAULT_CONDITION = 10;

  /** Those that can be named on the command line. */
  static List<String> names() {
    return all(DEFAULT_CONDITION).map(AnalyticFunction::name).toList();
  }

  /**
   * @param condition only the bowl has one
   * @throws IllegalArgumentException if the condition number is not a finite number of at least 1
   */
  static Optional<AnalyticFunction> find(String name, double condition) {
    return all(condition).filter(function -> function.name().equals(name)).findFirst();
  }

  private static Stream<AnalyticFunction> all(double condition) {
    return Stream.of(new Well(), new Bowl(condition), new Rosenbrock(), new Saddle());
  }

  /** As on the command line. */
  String name();

  default int minDimension() {
    return 2;
  }

  default int maxDimension() {
    return 2;
  }

  double value(double[] x);

  double[] gradient(double[] x);

  /** Row by row, symmetric. */
  double[][] hessian(double[] x);

  /** The diagonal of the Hessian. */
  default double[] curvature(double[] x) {
    double[][] hessian = hessian(x);
    return IntStream.range(0, x.length).mapToDouble(i -> hessian[i][i]).toArray();
  }
}
