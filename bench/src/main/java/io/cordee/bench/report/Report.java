package io.cordee.bench.report;

import java.io.PrintWriter;
import java.util.Locale;

/** Prints the figures of a run as they come, line by line. */
public final class Report {

  private final PrintWriter out;
  private final Size size;

  public enum Size {
    /** As the figures are meant. */
    FULL,
    /** Everything small and once, to see that it runs: the figures mean nothing. */
    QUICK
  }

  public Report(PrintWriter out, Size size) {
    this.out = out;
    this.size = size;
  }

  public boolean isQuick() {
    return size == Size.QUICK;
  }

  public <T> T choose(T full, T quick) {
    return isQuick() ? quick : full;
  }

  public void begin(String benchmark, String description) {
    print("\n" + benchmark + ": " + description + "\n" + Figure.header());
  }

  public void add(String name, String limitName, String unit, Pairs pairs, Bar bar) {
    print(new Figure(name, limitName, unit, pairs, bar).line());
  }

  public void note(String line) {
    print("  " + line);
  }

  /** Large round numbers for people, such as 10 M, 200 k or 12. */
  public static String count(long count) {
    if (count >= 1_000_000) {
      return String.format(Locale.ROOT, "%,d M", count / 1_000_000);
    }
    return count >= 1_000 ? count / 1_000 + " k" : Long.toString(count);
  }

  private void print(String text) {
    out.println(text);
    out.flush();
  }
}
