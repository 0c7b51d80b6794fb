package io.cordee.experiment.grid;

/** Where the settings of a cell's rule are from. */
public enum Source {
  JOB("job"),
  PRESET("preset"),
  PRESET_FILE("preset file"),
  DEFAULTS("defaults");

  private final String word;

  Source(String word) {
    this.word = word;
  }

  /** As in results. */
  public String word() {
    return word;
  }
}
