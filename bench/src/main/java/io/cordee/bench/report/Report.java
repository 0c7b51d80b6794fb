package io.cordee.bench.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Prints figures as they come, line by line, and keeps them. */
public final class Report {

  private final PrintWriter out;
  private final List<Section> sections = new ArrayList<>();

  /** The figures of one benchmark, in the order in which they came. */
  public record Section(String benchmark, List<Figure> figures, List<String> notes) {}

  public Report(PrintWriter out) {
    this.out = out;
  }

  /** A benchmark starts. */
  public void begin(String benchmark, String description) {
    sections.add(new Section(benchmark, new ArrayList<>(), new ArrayList<>()));
    out.println();
    out.println(benchmark + ": " + description);
    out.println(Table.header());
    out.flush();
  }

  public void add(Figure figure) {
    current().figures().add(figure);
    out.println(Table.line(figure));
    out.flush();
  }

  /** Something that a reader of the figures should know. */
  public void note(String line) {
    current().notes().add(line);
    out.println("  " + line);
    out.flush();
  }

  public List<Section> sections() {
    return List.copyOf(sections);
  }

  private Section current() {
    return sections.get(sections.size() - 1);
  }
}
