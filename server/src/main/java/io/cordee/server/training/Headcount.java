package io.cordee.server.training;

import io.cordee.common.job.TeamSpec;
import java.util.Optional;

/** How many workers a job needs, and what is missing when it has too few. */
final class Headcount {

  private final TeamSpec team;
  private final Roster roster;

  /** How many workers the first plan waits for until its time is up. A closed team has no more. */
  private final int awaited;

  /** Whether the first round begins with the workers present. */
  private boolean isTimeUp;

  /** Whether every worker has left, and none that came since has found its data. */
  private boolean areAllGone;

  /** Whether nobody else will come. */
  private boolean isClosed;

  /** How many had been excluded when it was last said what the first round waits for. */
  private int said;

  /** What there is, and what the round waits for. */
  record Lack(String present, String wanted) {}

  Headcount(TeamSpec team, Roster roster, int awaited) {
    this.team = team;
    this.roster = roster;
    this.awaited = Math.max(awaited, team.minWorkers());
  }

  void close() {
    isClosed = true;
  }

  /** The time to join before the first round is up: it begins with the workers present. */
  void stopWaiting() {
    isTimeUp = true;
  }

  /** How many workers a plan takes; of a closed team, those that were excluded are not awaited. */
  int needed(boolean isGathering) {
    return !isGathering ? 1 : isTimeUp ? team.minWorkers() : Math.max(left(), team.minWorkers());
  }

  private int left() {
    return isClosed ? awaited - roster.excluded().size() : awaited;
  }

  /** Why a job cannot continue that no more workers will join. */
  Optional<String> hopeless() {
    boolean areTooFew = Math.max(left(), roster.connected().size()) < team.minWorkers();
    return Optional.of(firstReason()).filter(reason -> isClosed && areTooFew);
  }

  /** What the round under way, or the first one, lacks, so that the job will not wait forever. */
  Optional<Lack> lack(boolean isGathering) {
    int ready = roster.ready().size();
    areAllGone &= ready == 0;
    areAllGone |= roster.connected().isEmpty() && !roster.excluded().isEmpty();
    if (isGathering ? areAllGone : ready < team.minWorkers()) {
      boolean isAny = ready == 0 && team.minWorkers() == 1;
      String wanted = isAny ? "one to join" : "team.min_workers, " + team.minWorkers();
      return Optional.of(new Lack(present(ready), wanted));
    }
    return roster
        .lackOfRoom()
        .filter(room -> ready >= needed(isGathering))
        .map(
            room ->
                new Lack(
                    room,
                    "more workers, or more memory (CORDEE_JAVA_OPTS=-Xmx...; their logs say how much)"));
  }

  /** What the first round waits for after a worker was excluded, if that has not been said. */
  Optional<String> waitsFor() {
    int excluded = roster.excluded().size();
    boolean isNews = excluded > said && !roster.connected().isEmpty() && !roster.hasPending();
    said = excluded;
    int ready = roster.ready().size();
    int needed = needed(true);
    return Optional.of("%d of %d workers are ready; the first round waits for %s with their data")
        .filter(text -> isNews)
        .map(text -> text.formatted(ready, needed, needed - ready == 1 ? "another one" : "others"));
  }

  private String present(int workers) {
    return switch (workers) {
      case 0 -> "no worker is left" + (firstReason().isEmpty() ? "" : " (" + firstReason() + ")");
      case 1 -> "1 worker is left";
      default -> workers + " workers are left";
    };
  }

  private String firstReason() {
    return roster.excluded().entrySet().stream()
        .findFirst()
        .map(first -> first.getKey() + ": " + first.getValue())
        .orElse("");
  }
}
