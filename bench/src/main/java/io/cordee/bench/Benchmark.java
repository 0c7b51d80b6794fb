package io.cordee.bench;

import io.cordee.bench.report.Report;

/**
 * A group of figures that are measured together.
 *
 * @param description one line for people
 */
public record Benchmark(String name, String description, Measuring measuring) {

  /** Adds each figure as soon as it is measured. */
  @FunctionalInterface
  public interface Measuring {
    void run(Report report) throws Exception;
  }
}
