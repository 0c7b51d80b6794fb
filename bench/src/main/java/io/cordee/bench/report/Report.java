package io.cordee.bench.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints figures as they come, line by line, and keeps them. */
public final class Report {

  private final PrintWriter out;
  private final List<Section> sections = new ArrayList<>();

  /** The figures of one benchmark, in the order in which they came. */
  record Section(String benchmark, List<Figure> figures, List<String> notes) {}

  public Report(PrintWriter out) {
    this.out = out;
  }

  public void begin(String benchmark, String description) {
    sections.add(new Section(benchmark, new ArrayList<>(), new ArrayList<>()));
    print("\n" + benchmark + ": " + description + "\n" + Table.header());
  }

  public void add(String name, String limitName, String unit, Pairs pairs, Bar bar) {
    Figure figure = Figure.of(name, limitName, unit, pairs, bar);
    current().figures().add(figure);
    print(Table.line(figure));
  }

  public void note(String line) {
    current().notes().add(line);
    print("  " + line);
  }

  /** Large round numbers for people, such as 10 M, 200 k or 12. */
  public static String count(long count) {
    if (count >= 1_000_000) {
      return String.format(Locale.ROOT, "%,d M", count / 1_000_000);
    }
    return count >= 1_000 ? count / 1_000 + " k" : Long.toString(count);
  }

  List<Section> sections() {
    return List.copyOf(sections);
  }

  private Section current() {
    return sections.get(sections.size() - 1);
  }

  private void print(String text) {
    out.println(text);
    out.flush();
  }
}
