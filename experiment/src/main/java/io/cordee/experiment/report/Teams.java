package io.cordee.experiment.report;

import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import java.util.List;
import java.util.stream.Collectors;

/** Who trained, on what and when, as far as the runs of a report tell. */
final class Teams {

  private final List<Run> runs;
  private final List<RunNote> notes;

  Teams(ReportSource source) {
    this.runs = source.runs();
    this.notes = runs.stream().flatMap(run -> run.note().stream()).toList();
  }

  /** Returns whether the team is not that of every run. */
  boolean differ() {
    return runs.stream().map(Teams::of).distinct().count() > 1;
  }

  /** That of one run; empty if nobody wrote it down. */
  static String of(Run run) {
    return run.note().map(note -> note.team().text()).orElse("");
  }

  /** All there were: {@code 2 or 4 workers (processes)}; empty if nobody wrote them down. */
  String summary() {
    List<RunNote.Team> teams = notes.stream().map(RunNote::team).toList();
    List<String> texts = teams.stream().map(RunNote.Team::text).distinct().toList();
    if (texts.size() < 2 || teams.stream().map(RunNote.Team::place).distinct().count() > 1) {
      return String.join(" or ", texts);
    }
    List<String> numbers =
        teams.stream().map(RunNote.Team::workers).distinct().sorted().map(String::valueOf).toList();
    return "%s or %s workers (%s)"
        .formatted(
            numbers.stream().limit(numbers.size() - 1).collect(Collectors.joining(", ")),
            numbers.get(numbers.size() - 1),
            teams.get(0).place());
  }

  /** Versions and machines, and when the first run was begun; empty if nobody wrote it down. */
  String origin() {
    if (notes.isEmpty()) {
      return "";
    }
    String places = notes.stream().map(Teams::place).distinct().collect(Collectors.joining("; "));
    String begun = notes.stream().map(RunNote::began).sorted().findFirst().orElseThrow();
    return places
        + (notes.size() > 1 ? "; the first started " : "; started ")
        + begun.replace('T', ' ');
  }

  private static String place(RunNote note) {
    return "%s, %s, %s processors"
        .formatted(note.version(), note.machine().system(), note.machine().processors());
  }
}
