package io.cordee.bench.report;

import java.util.Locale;

/** Large round numbers for people. */
public final class Count {

  private Count() {}

  /** Such as 10 M, 200 k or 12. */
  public static String of(long count) {
    if (count >= 1_000_000) {
      return String.format(Locale.ROOT, "%,d M", count / 1_000_000);
    }
    return count >= 1_000 ? count / 1_000 + " k" : Long.toString(count);
  }
}
