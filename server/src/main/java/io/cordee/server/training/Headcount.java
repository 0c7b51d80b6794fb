package io.cordee.server.training;

import io.cordee.common.job.TeamSpec;
import java.util.Optional;

/** How many workers a job needs, and what is missing when it has too few. */
final class Headcount {

  private final TeamSpec team;
  private final Roster roster;

  /** How many workers the first plan waits for until its time is up. A closed team has no more. */
  private final int awaited;

  /** True if the first round begins with the workers present. */
  private boolean isTimeUp;

  /** True if every worker has left, and none that came since has found its data. */
  private boolean areAllGone;

  /** True once all have come but too few of them can take part, until there are enough. */
  private boolean isShort;

  /** True if nobody else will come. */
  private boolean isClosed;

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
    int come = roster.connected().size() + roster.excluded().size();
    boolean isWaitOver =
        isTimeUp ? come >= team.minWorkers() : come >= awaited && team.gather().isEmpty();
    isShort |= roster.unready().isEmpty() && isWaitOver;
    int needed = needed(isGathering);
    isShort &= isGathering && ready < needed;
    if (isShort) {
      String others = needed - ready == 1 ? "another one" : "others";
      String some = "%d of %d workers are ready%s".formatted(ready, needed, because());
      return Optional.of(new Lack(some, others + " with the same data"));
    }
    return roster
        .lackOfRoom()
        .filter(room -> ready >= needed)
        .map(
            room ->
                new Lack(room, "more workers, or more memory for each; their logs say how much"));
  }

  /** Warns of a vote among so few that a mistaken pair may have outvoted later workers. */
  Optional<String> fewVotes(int voters) {
    boolean areFew = voters < awaited && voters < Math.max(3, team.minWorkers() + 1);
    return Optional.of(
            "team.gather is over: only %d of %d workers have voted on which data are right, and later ones with other data will be refused; raise team.gather or team.min_workers, or pin the right files with data.train.sha256"
                .formatted(voters, awaited))
        .filter(text -> isTimeUp && areFew);
  }

  private String present(int workers) {
    return switch (workers) {
      case 0 -> "no worker is left" + because();
      case 1 -> "1 worker is left";
      default -> workers + " workers are left";
    };
  }

  private String because() {
    return firstReason().isEmpty() ? "" : " (" + firstReason() + ")";
  }

  private String firstReason() {
    return roster.excluded().entrySet().stream()
        .findFirst()
        .map(first -> first.getKey() + ": " + first.getValue())
        .orElse("");
  }
}
