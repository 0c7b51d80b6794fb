package io.cordee.server.training;

import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Leaves out the workers that do not answer, takes them back when they do, and sees to it that
 * there are enough. It says so, too.
 */
final class Attendance {

  /** What a worker is to do now. */
  enum Expected {
    NOTHING,
    /** To be there. */
    A_SIGN,
    /** To contribute what it was asked for. */
    A_CONTRIBUTION
  }

  private final Roster roster;
  private final Deadlines deadlines;
  private final TrainingListener listener;
  private long planned;

  Attendance(Roster roster, Deadlines deadlines, TrainingListener listener) {
    this.roster = roster;
    this.deadlines = deadlines;
    this.listener = listener;
  }

  /** A new plan is pending: workers are loading rows for it. */
  void planned(long now) {
    planned = now;
  }

  /**
   * A worker has said something.
   *
   * @param isContribution whether it is what it was asked for, or a part of that
   * @return whether it was left out before and takes part again
   */
  boolean heard(WorkerId worker, boolean isContribution, long now) {
    boolean isBack = roster.isBack(worker, isContribution);
    if (isBack) {
      listener.isBack(worker);
      listener.warned(
          worker
              + " is back after "
              + deadlines.sinceContribution(worker, now)
              + "; it takes part again");
    }
    if (isBack || isContribution) {
      deadlines.contributed(worker, now);
    } else {
      deadlines.heard(worker, now);
    }
    return isBack;
  }

  void left(WorkerId worker) {
    deadlines.forget(worker);
  }

  /**
   * Leaves out those who have not done what is expected of them for too long.
   *
   * @param others how long others took for a round; empty if that is not known
   * @param round for people
   * @return who that is
   */
  List<WorkerId> leaveOut(
      Function<WorkerId, Expected> expected, OptionalLong others, int round, long now) {
    deadlines.tick(now);
    List<WorkerId> unprepared = roster.unprepared();
    List<WorkerId> expired = new ArrayList<>();
    for (WorkerId worker : roster.ready()) {
      Optional<Deadlines.Expiry> expiry =
          switch (expected.apply(worker)) {
            case NOTHING -> {
              deadlines.owesNothing(worker, now);
              yield unprepared.contains(worker)
                  ? deadlines.silence(worker, planned, now)
                  : Optional.empty();
            }
            case A_SIGN -> deadlines.silence(worker, now);
            case A_CONTRIBUTION ->
                deadlines.silence(worker, now).or(() -> deadlines.stuck(worker, others, now));
          };
      expiry.ifPresent(
          why -> {
            roster.leaveOut(worker, why.presence());
            expired.add(worker);
            listener.leftOut(worker, why.presence() == Roster.Presence.SILENT);
            listener.warned(
                String.format(
                    "%s: %s in round %d; others do its part, and it is left out until it %s",
                    worker,
                    why.words(),
                    round,
                    why.presence() == Roster.Presence.SILENT ? "is heard of" : "contributes"));
          });
    }
    return expired;
  }

  /** Whether there are enough workers for work to be given out. */
  boolean isEnough() {
    return deadlines.areEnough(roster.ready().size());
  }

  /** Says so if there are too few from now on. */
  void count(int round, long now) {
    deadlines.count(roster.ready().size(), round, now).ifPresent(listener::waiting);
  }

  /** What to say if there have been too few for too long. */
  Optional<String> gaveUp(int version, long now) {
    return deadlines.gaveUp(roster.ready().size(), version, now);
  }
}
