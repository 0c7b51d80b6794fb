package io.cordee.experiment.report;

import io.cordee.common.file.WholeFile;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Metrics.Measure;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.Spread;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes {@code report.html}: one file that holds all it needs, and loads nothing. Its own policy
 * forbids that, too.
 */
public final class ReportFile {

  /** Its name in a folder. */
  public static final String NAME = "report.html";

  /** How its title ends, which distinguishes a report from other pages. */
  public static final String TITLE_END = " · Cordee</title>";

  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)}}");
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/";

  private static final String BEST_OF_SEEDS =
      "; bold marks the lowest of those that every seed reaches.";

  private ReportFile() {}

  /** Writes it, as a whole or not at all. */
  public static void write(Path file, ReportSource source) throws IOException {
    WholeFile.write(file, html(source));
  }

  static String html(ReportSource source) {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("title", Html.text(source.heading()));
    parts.put("summary", Html.text(summary(source)));
    parts.put("tiles", source.groups().size() == 1 ? tiles(source.groups().get(0)) : "");
    parts.put(
        "body", source.runs().isEmpty() ? "<p>No run has been finished yet.</p>" : body(source));
    parts.put("apart", apart(source));
    parts.put("again", again(source));
    parts.put("notes", notes(source));
    parts.put("style", resource("report.css") + library("uPlot.min.css"));
    parts.put("license", library("../LICENSE").replace("--", "- -"));
    parts.put("library", library("uPlot.iife.min.js"));
    parts.put("script", resource("report.js"));
    parts.put("data", ReportData.of(source));
    // What is put in is not looked through for further places.
    Matcher place = PLACE.matcher(resource("report.html"));
    return place.replaceAll(found -> Matcher.quoteReplacement(parts.get(found.group(1))));
  }

  private static String summary(ReportSource source) {
    List<String> parts = new ArrayList<>();
    source.axes().forEach((axis, values) -> parts.add(axis + ": " + String.join(", ", values)));
    long seeds = source.groups().stream().mapToInt(g -> g.runs().size()).max().orElse(0);
    if (seeds > 1) {
      parts.add(seeds + " seeds");
    }
    source.note().ifPresent(note -> parts.add("budget of each run: " + note.budget()));
    String teams = new Teams(source).summary();
    if (!teams.isEmpty()) {
      parts.add(teams);
    }
    return String.join(" · ", parts);
  }

  /** The figures of one run, or one group, at a glance. */
  private static String tiles(Group group) {
    StringBuilder html = new StringBuilder("<dl class=\"tiles\">");
    tile(
        html,
        "loss",
        group.spread(r -> r.metrics().last(Measure.LOSS)).map(s -> Figures.loss(s.median())));
    tile(
        html,
        "test accuracy",
        group
            .spread(r -> r.metrics().last(Measure.TEST_ACCURACY))
            .map(s -> Figures.plain(s.median())));
    tile(
        html,
        "best of all rounds",
        group.spread(r -> r.metrics().bestTestAccuracy()).map(s -> Figures.plain(s.median())));
    tile(
        html,
        "rounds",
        group
            .spread(r -> r.metrics().lastRound())
            .map(s -> Figures.cost(Scale.ROUNDS, s.median())));
    tile(
        html,
        "time",
        group
            .spread(r -> r.metrics().lastSeconds())
            .map(s -> Figures.cost(Scale.SECONDS, s.median())));
    return html.append("</dl>").toString();
  }

  private static void tile(StringBuilder html, String name, Optional<String> figure) {
    figure.ifPresent(
        f ->
            html.append(
                "<div><dt>" + Html.text(name) + "</dt><dd>" + Html.text(f) + "</dd></div>"));
  }

  private static String body(ReportSource source) {
    ResultTables results = new ResultTables(source);
    SettingTables settings = new SettingTables(source);
    List<HeatMap> heat = HeatMap.of(source);
    StringBuilder html = new StringBuilder();
    if (source.groups().size() > 1) {
      html.append("<section><h2>Results</h2>\n").append(results.ends()).append("</section>\n");
    }
    if (!source.targets().isEmpty()) {
      html.append("<section id=\"targets\"><h2>What each target takes</h2>\n");
      html.append("<p class=\"hint\">").append(spreads(source)).append("</p>");
      html.append(results.targets()).append("</section>\n");
    }
    if (!heat.isEmpty()) {
      String axes = String.join(" × ", source.axes().keySet());
      html.append("<section id=\"heat\"><h2>").append(Html.text(axes)).append("</h2>\n");
      heat.forEach(map -> html.append(map.html()));
      html.append("</section>\n");
    }
    html.append("<section><h2>Settings</h2>\n").append(settings.settings());
    html.append(settings.tuned()).append(settings.job()).append("</section>\n");
    html.append("<section><h2>Runs and digests</h2>\n").append(settings.runs());
    return html.append("</section>\n").toString();
  }

  /** A word of warning where curves share a chart that are not of the same rows. */
  private static String apart(ReportSource source) {
    long data =
        source.runs().stream()
            .map(run -> List.of(run.job().data().train(), run.job().data().test()))
            .distinct()
            .count();
    if (data < 2) {
      return "";
    }
    List<String> names = source.runs().stream().map(run -> run.job().name()).distinct().toList();
    return "<p class=\"hint\">%s</p>"
        .formatted(
            Html.text(
                (names.size() > 1
                        ? "These are runs of different jobs: " + String.join(", ", names) + "."
                        : "These runs are not on the same data.")
                    + " Losses and accuracies on different data say little about each other."));
  }

  private static String spreads(ReportSource source) {
    boolean hasSeeds = source.groups().stream().anyMatch(group -> group.runs().size() > 1);
    boolean hasQuartiles =
        source.groups().stream().anyMatch(g -> g.runs().size() >= Spread.QUARTILES_FROM);
    String what =
        hasSeeds
            ? "Median over the seeds that reach it, below it "
                + (hasQuartiles ? "the quartiles" : "the lowest and the highest")
            : "When it was first measured";
    boolean hasBest = source.groups().size() > 1;
    return what + (!hasBest ? "." : hasSeeds ? BEST_OF_SEEDS : "; bold marks the lowest.");
  }

  private static String again(ReportSource source) {
    List<String> command =
        source
            .note()
            .map(note -> note.command())
            .orElseGet(
                () ->
                    source.runs().size() == 1
                        ? source.runs().get(0).note().map(RunNote::command).orElse(List.of())
                        : List.of());
    if (command.isEmpty()) {
      return "";
    }
    String line =
        "cordee " + command.stream().map(ReportFile::quoted).collect(Collectors.joining(" "));
    return "<section><h2>To make it again</h2><pre>" + Html.text(line) + "</pre></section>";
  }

  private static String quoted(String word) {
    return word.matches("[\\w./:=,+@%-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static String notes(ReportSource source) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "Lines are medians over seeds, bands reach from the lowest seed to the highest, or between the quartiles of "
            + Spread.QUARTILES_FROM
            + " seeds or more; they end where fewer than half of the seeds go on. Curves that coincide are drawn with alternating dashes.");
    notes.add(
        "A curve has at most "
            + Curve.MOST
            + " points, half of them evenly spaced, half by equal ratios. The loss of small batches is the median of the rounds between two points.");
    notes.add(
        "The loss is that of the rows that the next gradient is computed on; seconds count from the start of training and include evaluations.");
    if (source.scales().contains(Scale.BYTES)) {
      notes.add(
          "Bytes are those of gradients and weights between the server and all workers, both ways, computed from the job for workers that are equally fast; headers, heartbeats and evaluations are left out.");
    }
    String origin = new Teams(source).origin();
    if (!origin.isEmpty()) {
      notes.add(origin);
    }
    return notes.stream()
        .map(n -> "<li>" + Html.text(n) + "</li>")
        .collect(Collectors.joining("\n"));
  }

  private static String resource(String name) {
    return read("/io/cordee/experiment/report/" + name);
  }

  private static String library(String name) {
    Properties pom = new Properties();
    try (InputStream in =
        ReportFile.class.getResourceAsStream(
            "/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
      if (in == null) {
        throw new IllegalStateException("uPlot's jar is not on the class path, or stripped");
      }
      pom.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String root = UPLOT + pom.getProperty("version") + "/";
    return read(name.startsWith("../") ? root + name.substring(3) : root + "dist/" + name);
  }

  private static String read(String path) {
    try (InputStream in = ReportFile.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
