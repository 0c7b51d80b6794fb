package io.cordee.experiment.grid;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A setting of rules and the values that are tried for it.
 *
 * @param key as in the job file, without {@code rule.}
 */
public record TuneRange(String key, List<Double> values) {

  private static final Pattern FORM =
      Pattern.compile(
          "(?:rule\\.)?(\\w+)=([^:]+?)\\.\\.([^:]+?)(?::(log|linear))?(?::(\\d{1,3}))?");
  private static final int USUAL = 7;
  private static final int MOST = 100;

  public TuneRange {
    values = List.copyOf(values);
  }

  /**
   * Reads {@code learning_rate=1e-4..1e-1}; {@code :log}, the default, or {@code :linear} may stand
   * behind, and {@code :N} for N values.
   */
  public static TuneRange parse(String text) {
    Matcher form = FORM.matcher(text);
    try {
      if (form.matches()) {
        double from = Double.parseDouble(form.group(2));
        double to = Double.parseDouble(form.group(3));
        boolean isLog = !"linear".equals(form.group(4));
        int count = form.group(5) == null ? USUAL : Integer.parseInt(form.group(5));
        if (from < to && (from > 0 || !isLog) && to < 1e30 && count >= 2 && count <= MOST) {
          return new TuneRange(form.group(1), values(from, to, isLog, count));
        }
      }
    } catch (NumberFormatException e) {
      // What is expected is said below.
    }
    throw new GridException(
        "--tune %s: expected KEY=FROM..TO, such as learning_rate=1e-4..1e-1, optionally followed by :log (even ratios, the default) or :linear (even steps), then :N for N values, 2 to 100 (7 by default); FROM is below TO and, unless :linear, above 0"
            .formatted(text));
  }

  private static List<Double> values(double from, double to, boolean isLog, int count) {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double share = (double) i / (count - 1);
      double value = isLog ? from * Math.pow(to / from, share) : from + (to - from) * share;
      // Three digits are plenty for a setting, and make its runs known again.
      values.add(Double.parseDouble(String.format(Locale.ROOT, "%.3g", value)));
    }
    return values;
  }
}
