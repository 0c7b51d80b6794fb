package io.cordee.common.job;

import java.util.Locale;

/** What tells better weights from worse: a figure of the validation rows. */
public enum Monitor {
  VALIDATION_LOSS,
  VALIDATION_ACCURACY;

  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  public double of(Tally validation) {
    return this == VALIDATION_LOSS ? validation.meanLoss() : validation.accuracy();
  }

  /** Returns whether a figure is better than another by more than this. */
  boolean isBetter(double figure, double than, double by) {
    return this == VALIDATION_LOSS ? figure < than - by : figure > than + by;
  }
}
