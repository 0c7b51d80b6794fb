package io.cordee.bench.report;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is measured in a run: prints figures as they come, line by line, and keeps them. */
public final class Report {

  private final PrintWriter out;
  private final Size size;
  private final List<Section> sections = new ArrayList<>();

  private record Whole(Map<String, String> machine, List<Section> benchmarks) {}

  /** The figures of one benchmark, in the order in which they came. */
  record Section(String benchmark, List<Figure> figures, List<String> notes) {}

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
    sections.add(new Section(benchmark, new ArrayList<>(), new ArrayList<>()));
    print("\n" + benchmark + ": " + description + "\n" + FigureTable.header());
  }

  public void add(String name, String limitName, String unit, Pairs pairs, Bar bar) {
    Figure figure = Figure.of(name, limitName, unit, pairs, bar);
    current().figures().add(figure);
    print(FigureTable.line(figure));
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

  /** Writes all as JSON, with what is known of the machine. */
  public void write(Path file, Map<String, String> machine) throws IOException {
    Gson gson =
        new GsonBuilder()
            .setPrettyPrinting()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .create();
    Files.writeString(file, gson.toJson(new Whole(machine, sections)) + "\n");
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
