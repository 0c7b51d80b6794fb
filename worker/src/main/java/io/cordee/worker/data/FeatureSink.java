package io.cordee.worker.data;

import io.cordee.common.job.Scaling;
import java.util.List;

/** Takes the features of rows, one row after the other. */
interface FeatureSink {

  /** A row's next feature, in any order; the float nearest to the value is finite. */
  void put(int feature, double value);

  /** The row is complete. */
  void endRow();

  /** Scales values before another takes them. */
  record Scaled(double[] shifts, double[] scales, FeatureSink scaled) implements FeatureSink {

    /** What takes the values for another, or that one itself. */
    static FeatureSink of(Scaling scaling, FeatureSink scaled) {
      return scaling.isNone()
          ? scaled
          : new Scaled(array(scaling.shifts()), array(scaling.scales()), scaled);
    }

    private static double[] array(List<Double> values) {
      return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** A value so far from all that training has seen is as far as floats go. */
    @Override
    public void put(int feature, double value) {
      double distance = (value - shifts[feature]) / scales[feature];
      scaled.put(feature, Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, distance)));
    }

    @Override
    public void endRow() {
      scaled.endRow();
    }
  }
}
