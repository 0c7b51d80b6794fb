package io.cordee.experiment.report;

import io.cordee.common.job.JobFile;
import io.cordee.common.rule.RuleSpec;
import io.cordee.experiment.run.ComparisonNote.Tuned;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How each run was set, and what tells that another is the same: tables in HTML. */
final class SettingTables {

  private final ReportSource source;

  SettingTables(ReportSource source) {
    this.source = source;
  }

  /** The settings of each group's rule, and where they are from. */
  String settings() {
    List<String> head = new ArrayList<>(List.of("", "rule", "settings"));
    boolean isKnown = source.runs().stream().anyMatch(run -> !from(run).isEmpty());
    if (isKnown) {
      head.add("from");
    }
    StringBuilder html =
        new StringBuilder(ResultTables.open("Settings of each rule", head, head.size()));
    for (Group group : source.groups()) {
      Run run = group.runs().get(0);
      html.append("<tr><th scope=\"row\">").append(Html.text(source.label(group))).append("</th>");
      html.append(Html.cell(run.job().rule().name()));
      html.append(Html.cell(settings(run.job().rule())));
      if (isKnown) {
        html.append(Html.cell(from(run)));
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  /** Nobody chose between job and presets for a run that is no cell. */
  private static String from(Run run) {
    return run.note().map(RunNote::source).orElse("");
  }

  /** All of the rule's own; of its options those that are not left at their defaults. */
  private static String settings(RuleSpec rule) {
    Map<String, Object> left = new HashMap<>();
    rule.definition().options().forEach(option -> left.put(option.key(), option.defaultValue()));
    return rule.settings().values().entrySet().stream()
        .filter(setting -> !setting.getValue().equals(left.get(setting.getKey())))
        .map(setting -> setting.getKey() + " " + Figures.setting(setting.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** What was tried to find settings; nothing if that was not done. */
  String tuned() {
    List<Tuned> tuned = source.note().map(note -> note.tuned()).orElse(List.of());
    if (tuned.isEmpty()) {
      return "";
    }
    StringBuilder html =
        new StringBuilder(
            ResultTables.open("Tuned settings", List.of("", "chosen", "how", "tried"), 4));
    for (Tuned each : tuned) {
      String edge = each.isAtTheEdge() ? "; the best is at the edge of the range: widen it" : "";
      String chosen = each.chosen().isEmpty() ? "none: all trials failed" : each.chosen();
      html.append("<tr><th scope=\"row\">").append(Html.text(each.cell())).append("</th>");
      html.append(Html.cell(chosen)).append(Html.cell(each.how() + edge));
      html.append(
          Html.cell(
              each.scores().entrySet().stream()
                  .map(s -> s.getKey() + ": " + (s.getValue().isEmpty() ? "failed" : s.getValue()))
                  .collect(Collectors.joining("; "))));
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  /** Every run with its digest. */
  String runs() {
    boolean hasTeams = new Teams(source).differ();
    List<String> head = new ArrayList<>(List.of("run", "seed", "outcome", "rounds", "digest"));
    if (hasTeams) {
      head.add("team");
    }
    StringBuilder html = new StringBuilder(ResultTables.open("Every run", head, head.size()));
    boolean haveNames =
        source.runs().stream().map(SettingTables::name).distinct().count() == source.runs().size();
    for (Run run : source.runs()) {
      String name = haveNames ? name(run) : run.folder().toString();
      html.append("<tr><th scope=\"row\">").append(Html.text(name)).append("</th>");
      html.append(Html.cell(seed(run)));
      String message = run.message().isEmpty() ? "" : ": " + run.message();
      html.append(Html.cell(run.hasFailed() ? run.end() + message : run.end()));
      html.append(Html.cell(String.valueOf(run.metrics().lastRound())));
      html.append("<td><code>").append(Html.text(run.metrics().digest())).append("</code></td>");
      if (hasTeams) {
        html.append(Html.cell(Teams.of(run)));
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  private static String name(Run run) {
    return String.valueOf(run.folder().toAbsolutePath().normalize().getFileName());
  }

  private static String seed(Run run) {
    boolean isCell = run.note().map(note -> note.seed() != 0).orElse(false);
    return String.valueOf(
        isCell ? run.note().orElseThrow().seed() : run.job().model().init().seed());
  }

  /** The job of the first run, every default written out. */
  String job() {
    return "<details><summary>The job%s, every default written out</summary><pre>%s</pre></details>\n"
        .formatted(
            source.runs().size() > 1 ? " of the first run" : "",
            Html.text(JobFile.write(source.runs().get(0).job())));
  }
}
