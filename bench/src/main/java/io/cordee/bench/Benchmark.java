package io.cordee.bench;

import io.cordee.bench.report.Report;

/** A group of figures that are measured together. */
public interface Benchmark {

  /** How much is measured. */
  enum Size {
    /** As the figures are meant. */
    FULL,
    /** Everything small and once, to see that it runs: the figures mean nothing. */
    QUICK
  }

  String name();

  /** One line for people. */
  String description();

  /**
   * Measures, and adds each figure as soon as it is there.
   *
   * @throws Exception if it could not be measured
   */
  void run(Size size, Report report) throws Exception;
}
