package io.cordee.gallery.analytic;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The functions that can be named on the command line. */
public final class AnalyticFunctions {

  /** The bowl's condition number if none is given. */
  public static final double DEFAULT_CONDITION = 10;

  private AnalyticFunctions() {}

  public static List<String> names() {
    return all(DEFAULT_CONDITION).map(AnalyticFunction::name).toList();
  }

  public static Optional<AnalyticFunction> find(String name) {
    return find(name, DEFAULT_CONDITION);
  }

  /**
   * @param condition only the bowl has one
   * @throws IllegalArgumentException if the condition number is not a finite number of at least 1
   */
  public static Optional<AnalyticFunction> find(String name, double condition) {
    return all(condition).filter(function -> function.name().equals(name)).findFirst();
  }

  private static Stream<AnalyticFunction> all(double condition) {
    return Stream.of(new Well(), new Bowl(condition), new Rosenbrock(), new Saddle());
  }
}
