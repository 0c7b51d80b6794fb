package io.cordee.experiment.report;

import io.cordee.common.file.Resource;
import io.cordee.common.file.WholeFile;
import io.cordee.common.svg.Axis;
import io.cordee.common.text.ShellLine;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes {@code report.html}: one file that holds all it needs, and loads nothing. Its own policy
 * forbids that, too.
 */
public final class ReportFile {

  public static final String NAME = "report.html";

  /** How its title ends, which distinguishes a report from other pages. */
  public static final String TITLE_END = " · Cordee</title>";

  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)}}");

  private static final String BEST_OF_SEEDS = "; bold: lowest of those that every seed reaches.";

  private ReportFile() {}

  /** Writes it, as a whole or not at all. */
  public static void write(Path file, ReportSource source) throws IOException {
    WholeFile.write(file, html(source));
  }

  /** The same as a page that is served and follows its runs; {@code note} on what is missing. */
  static String live(ReportSource source, String note) {
    return html(source)
        .replace("default-src 'none';", "default-src 'none'; connect-src 'self';")
        .replace("</header>", "<p class=\"hint\">" + Html.text(note) + "</p></header>")
        .replace("</body>", "<script>" + resource("live.js") + "</script></body>");
  }

  static String html(ReportSource source) {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("title", Html.text(source.heading()));
    parts.put("summary", Html.text(summary(source)));
    parts.put("tiles", source.groups().size() == 1 ? tiles(source.groups().get(0)) : "");
    parts.put("reading", source.runs().size() == 1 ? reading(source.runs().get(0)) : "");
    parts.put("body", source.runs().isEmpty() ? "<p>No run has finished yet.</p>" : body(source));
    parts.put("apart", apart(source));
    parts.put("again", again(source));
    parts.put("quartiles", String.valueOf(Spread.QUARTILES_FROM));
    parts.put("points", String.valueOf(GroupCurve.MOST));
    parts.put("notes", notes(source));
    parts.put("style", resource("report.css") + Resource.uPlot("dist/uPlot.min.css"));
    parts.put("license", Resource.uPlot("LICENSE").replace("--", "- -"));
    parts.put("library", Resource.uPlot("dist/uPlot.iife.min.js"));
    parts.put(
        "script",
        Resource.read(Axis.class, "curves.js")
            + resource("figures.js")
            + resource("tables.js")
            + resource("report.js"));
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
    for (RunResult result : RunResult.values()) {
      result
          .median(group)
          .ifPresent(
              figure ->
                  html.append(
                      "<div><dt>%s</dt><dd>%s</dd></div>"
                          .formatted(Html.text(result.brief()), Html.text(figure))));
    }
    return html.append("</dl>").toString();
  }

  /** Says what the curves of a run show. */
  private static String reading(Run run) {
    return CurveReading.of(run)
        .map(reading -> "<p class=\"reading\">" + Html.text(reading.text()) + "</p>")
        .orElse("");
  }

  private static String body(ReportSource source) {
    ResultTables results = new ResultTables(source);
    SettingTables settings = new SettingTables(source);
    List<HeatMap> heat = HeatMap.of(source, source.scales());
    StringBuilder html = new StringBuilder();
    if (source.groups().size() > 1) {
      String means = Means.of(source).map(Means::html).orElse("");
      html.append(section("", "Results", results.ends() + means));
    }
    String evaluation =
        source.runs().size() == 1
            ? EvaluationTables.of(source.runs().get(0)).map(EvaluationTables::html).orElse("")
            : "";
    if (!evaluation.isEmpty()) {
      html.append(section("", "Evaluation", evaluation));
    }
    if (!source.targets().isEmpty()) {
      String hint = "<p class=\"hint\">" + spreads(source) + "</p>";
      html.append(
          section(" id=\"targets\"", "Cost to reach each target", hint + results.targets()));
    }
    if (!heat.isEmpty()) {
      String maps = heat.stream().map(HeatMap::html).collect(Collectors.joining());
      html.append(section(" id=\"heat\"", String.join(" × ", source.axes().keySet()), maps));
    }
    html.append(
        section(
            "",
            "Settings",
            settings.differences() + settings.settings() + settings.tuned() + settings.job()));
    String columns = source.runs().size() == 1 ? ColumnTable.html(source.runs().get(0)) : "";
    if (!columns.isEmpty()) {
      html.append(section("", "Columns", columns));
    }
    return html.append(section("", "Runs and digests", settings.runs())).toString();
  }

  private static String section(String attributes, String title, String html) {
    return "<section%s><h2>%s</h2>\n%s</section>\n".formatted(attributes, Html.text(title), html);
  }

  /** A word of warning where curves share a chart that are not of the same rows. */
  private static String apart(ReportSource source) {
    if (source.runs().stream().map(run -> run.job().data()).distinct().count() < 2) {
      return "";
    }
    List<String> names = source.runs().stream().map(run -> run.job().name()).distinct().toList();
    return "<p class=\"hint\">%s</p>"
        .formatted(
            Html.text(
                (names.size() > 1
                        ? "These are runs of different jobs: " + String.join(", ", names) + "."
                        : "These runs are not on the same data.")
                    + " Losses and accuracies on different data are not comparable."));
  }

  private static String spreads(ReportSource source) {
    boolean hasSeeds = source.groups().stream().anyMatch(group -> group.runs().size() > 1);
    boolean hasQuartiles =
        source.groups().stream().anyMatch(g -> g.runs().size() >= Spread.QUARTILES_FROM);
    String what =
        hasSeeds
            ? "Median over the seeds that reach it, with the "
                + (hasQuartiles ? "quartiles" : "range")
            : "First evaluation that reaches it";
    boolean hasBest = source.groups().size() > 1;
    return what + (!hasBest ? "." : hasSeeds ? BEST_OF_SEEDS : "; bold: lowest.");
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
    String line = "cordee " + ShellLine.of(command);
    return "<section><h2>Reproduce</h2><pre>" + Html.text(line) + "</pre></section>";
  }

  /** What not every report says of its figures. */
  private static String notes(ReportSource source) {
    List<String> notes = new ArrayList<>();
    if (source.scales().contains(Scale.BYTES)) {
      notes.add(
          "Bytes count gradients and weights between the server and all workers, both ways,"
              + " computed from the job for equally fast workers; headers, heartbeats and"
              + " evaluations are not counted.");
    }
    String origin = new Teams(source).origin();
    if (!origin.isEmpty()) {
      notes.add(origin);
    }
    return notes.stream()
        .map(note -> "\n<li>" + Html.text(note) + "</li>")
        .collect(Collectors.joining());
  }

  private static String resource(String name) {
    return Resource.read(ReportFile.class, name);
  }
}
