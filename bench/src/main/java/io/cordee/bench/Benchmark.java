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
    void run(Size size, Report report) throws Exception;
  }

  public enum Size {
    /** As the figures are meant. */
    FULL,
    /** Everything small and once, to see that it runs: the figures mean nothing. */
    QUICK;

    public <T> T choose(T full, T quick) {
      return this == FULL ? full : quick;
    }
  }
}
