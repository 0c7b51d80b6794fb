package io.cordee.server.training;

import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Member.Expected;
import io.cordee.server.training.Member.Presence;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Leaves out workers that are silent or stuck, until they are back; see {@link LeaseManager} for
 * what comes before and after.
 */
final class Attendance {

  /** In nanoseconds. A running worker is heard of every second. */
  private static final long STOPPED = 1_500_000_000;

  private final Roster roster;
  private final Deadlines deadlines;
  private final TrainingListener listener;
  private final RoundListener rounds;

  Attendance(Roster roster, Deadlines deadlines, TrainingListener listener, RoundListener rounds) {
    this.roster = roster;
    this.deadlines = deadlines;
    this.listener = listener;
    this.rounds = rounds;
  }

  /**
   * A worker is there.
   *
   * @param isContribution whether it has sent some of what it was asked for
   * @return whether work is to be shared out again
   */
  boolean heard(Member member, boolean isContribution, long now) {
    boolean isBack =
        member.presence == Presence.SILENT || member.presence == Presence.STUCK && isContribution;
    boolean wasStopped = now - member.heard > STOPPED;
    member.heard = now;
    if (isBack) {
      member.presence = Presence.HERE;
      rounds.isBack(member.id);
      listener.warned(
          String.format(
              "%s is back after %s; it takes part again",
              member.id, Deadlines.words(now - member.contributed)));
    }
    if (isBack || isContribution) {
      member.contributed = now;
    }
    // What a worker did not do while it was stopped says nothing of its speed.
    return isBack || wasStopped && roster.speeds().forget(member.id);
  }

  /**
   * Leaves out those that have been silent or stuck for too long.
   *
   * @param expected of each worker
   * @param usual how long others took for what they were asked for in this round, if it is known
   * @param planned when the pending plan was made
   * @return them
   */
  List<WorkerId> expire(
      Function<WorkerId, Expected> expected,
      OptionalLong usual,
      long planned,
      int version,
      long now) {
    List<WorkerId> expired = new ArrayList<>();
    List<WorkerId> unprepared = roster.unprepared();
    for (WorkerId worker : roster.found().keySet()) {
      Member member = roster.get(worker).orElseThrow();
      OptionalLong due =
          unprepared.contains(worker)
              ? OptionalLong.of(planned)
              : member.isInDoubt ? OptionalLong.of(member.heard) : OptionalLong.empty();
      deadlines
          .expiry(member, expected.apply(worker), usual, due, now)
          .ifPresent(
              expiry -> {
                leaveOut(member, expiry, version + 1);
                expired.add(worker);
              });
    }
    return expired;
  }

  private void leaveOut(Member member, Deadlines.Expiry expiry, int round) {
    boolean isSilent = expiry.presence() == Presence.SILENT;
    roster.leaveOut(member, expiry.presence());
    rounds.leftOut(member.id, isSilent);
    listener.warned(
        String.format(
            "%s: %s in round %d; others do its part, and it is left out until it %s",
            member.id, expiry.words(), round, isSilent ? "is heard of" : "contributes"));
  }
}
