package io.cordee.worker.data.rows;

/** Takes the features of a row. */
@FunctionalInterface
public interface FeatureSink {

  /** A row's next feature, in any order; the float nearest to the value is finite. */
  void put(int feature, double value);
}
