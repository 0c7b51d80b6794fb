package io.cordee.experiment.report;

import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.experiment.run.ComparisonNote.Tuned;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import io.cordee.server.run.RunFiles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How each run was set, and what tells that another is the same: tables in HTML. */
record SettingTables(ReportSource source) {

  /** Runs side by side. */
  private static final int MOST = 8;

  private static final int RECENT_MILLIS = 60_000;

  /** The settings of each group's optimizer, and where they are from. */
  String settings() {
    Table<Group> table =
        new Table<Group>()
            .names("", source::label)
            .words("optimizer", group -> first(group).job().optimizer().name())
            .words("settings", group -> settings(first(group).job().optimizer()));
    if (source.runs().stream().anyMatch(run -> run.job().local().isPresent())) {
      table.words(
          "local steps", group -> first(group).job().local().map(SettingTables::local).orElse(""));
    }
    if (source.runs().stream().anyMatch(run -> !from(run).isEmpty())) {
      table.words("from", group -> from(first(group)));
    }
    return table.html("Optimizer settings", source.groups());
  }

  private static String local(LocalSteps local) {
    return "%s, %d rows, %s".formatted(local.text(), local.batch(), settings(local.optimizer()));
  }

  /** In what the jobs of runs differ that nobody has put together as cells; empty if in nothing. */
  String differences() {
    if (source.note().isPresent() || source.groups().size() < 2 || source.groups().size() > MOST) {
      return "";
    }
    List<Map<String, String>> jobs =
        source.groups().stream().map(group -> JobFile.flat(first(group).job())).toList();
    List<String> keys =
        jobs.stream()
            .flatMap(job -> job.keySet().stream())
            .distinct()
            .filter(
                key -> jobs.stream().map(job -> job.getOrDefault(key, "–")).distinct().count() > 1)
            .toList();
    if (keys.isEmpty()) {
      return "";
    }
    Table<String> table = new Table<String>().names("", key -> key);
    for (int i = 0; i < jobs.size(); i++) {
      Map<String, String> job = jobs.get(i);
      table.words(source.label(source.groups().get(i)), key -> job.getOrDefault(key, "–"));
    }
    return table.html("Differences between the jobs", keys);
  }

  private static Run first(Group group) {
    return group.runs().get(0);
  }

  /** Nobody chose between job and presets for a run that is no cell. */
  private static String from(Run run) {
    return run.note().map(RunNote::source).orElse("");
  }

  /** All of the optimizer's own; of its options those that are not left at their defaults. */
  private static String settings(OptimizerSpec optimizer) {
    Map<String, Object> left = new HashMap<>();
    optimizer
        .definition()
        .options()
        .forEach(option -> left.put(option.key(), option.defaultValue()));
    return optimizer.settings().values().entrySet().stream()
        .filter(setting -> !setting.getValue().equals(left.get(setting.getKey())))
        .map(setting -> setting.getKey() + " " + NumberText.setting(setting.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** What was tried to find settings; nothing if that was not done. */
  String tuned() {
    List<Tuned> tuned = source.note().map(note -> note.tuned()).orElse(List.of());
    if (tuned.isEmpty()) {
      return "";
    }
    return new Table<Tuned>()
        .names("", Tuned::cell)
        .words(
            "chosen", each -> each.chosen().isEmpty() ? "none: all trials failed" : each.chosen())
        .words(
            "method",
            each ->
                each.how()
                    + (each.isAtTheEdge()
                        ? "; the best is at the edge of the range: widen it"
                        : ""))
        .words(
            "trials",
            each ->
                each.scores().entrySet().stream()
                    .map(
                        s -> s.getKey() + ": " + (s.getValue().isEmpty() ? "failed" : s.getValue()))
                    .collect(Collectors.joining("; ")))
        .html("Tuned settings", tuned);
  }

  /** Every run with its digest. */
  String runs() {
    boolean haveNames =
        source.runs().stream().map(SettingTables::name).distinct().count() == source.runs().size();
    Table<Run> table =
        new Table<Run>()
            .names("run", run -> haveNames ? name(run) : run.folder().toString())
            .words("seed", SettingTables::seed)
            .words("outcome", SettingTables::outcome)
            .words("rounds", run -> String.valueOf(run.metrics().lastRound()))
            .code("digest", run -> run.metrics().digest());
    if (source.runs().size() > 1) {
      table.words("curves", run -> CurveReading.of(run).map(CurveReading::brief).orElse("–"));
    }
    if (new Teams(source).differ()) {
      table.words("team", Teams::of);
    }
    return table.html("All runs", source.runs());
  }

  private static String outcome(Run run) {
    return end(run) + (run.hasFailed() && !run.message().isEmpty() ? ": " + run.message() : "");
  }

  /** How it ended, or that it has written a row not long ago. */
  static String end(Run run) {
    long age =
        System.currentTimeMillis() - run.folder().resolve(RunFiles.METRICS).toFile().lastModified();
    return run.end().equals(RunNote.End.OPEN) && age < RECENT_MILLIS ? "running" : run.end();
  }

  private static String name(Run run) {
    return String.valueOf(run.folder().toAbsolutePath().normalize().getFileName());
  }

  private static String seed(Run run) {
    boolean isCell = run.note().map(note -> note.seed() != 0).orElse(false);
    return String.valueOf(isCell ? run.note().orElseThrow().seed() : run.job().model().seed());
  }

  /** The job of the first run, every default written out. */
  String job() {
    return "<details><summary>Job file%s, with all defaults</summary><pre>%s</pre></details>\n"
        .formatted(
            source.runs().size() > 1 ? " of the first run" : "",
            Html.text(JobFile.write(source.runs().get(0).job())));
  }
}
