package io.cordee.experiment.chart;

/** Charts cannot be drawn here; the message says why and what to do. */
public final class ChartException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** {@code cause} is what Java's drawing throws when a library or all fonts are missing. */
  ChartException(Throwable cause) {
    super(
        "charts need fonts and Java's font libraries, which are missing here (%s); on Debian: apt-get install fontconfig libfreetype6 fonts-dejavu-core; report.html has the curves in any case"
            .formatted(rootText(cause)),
        cause);
  }

  /** There are no letters of a family. */
  ChartException(String family) {
    super(
        "no font \"%s\" here; expected the name of an installed family, as fc-list : family shows"
            .formatted(family));
  }

  private static String rootText(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }
}
