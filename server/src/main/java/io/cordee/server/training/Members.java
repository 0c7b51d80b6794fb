package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Member.Expected;
import io.cordee.server.training.Member.Presence;
import io.cordee.server.training.Training.DataFound;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * The workers of a job, from hello to goodbye: greets them, holds them to the data that the first
 * of them found, plans with them, leaves out those that do not answer until they do, and ends the
 * job when there have been too few for too long. What they compute is the {@link Schedule}'s.
 *
 * <p>Not thread-safe.
 */
final class Members {

  /** How far the job is. */
  interface Progress {

    /** Whether the first round still waits for its workers. */
    boolean isGathering();

    /** Whether workers have nothing more to do. */
    boolean hasEnded();

    /** The version that is computed now. */
    int version();

    /** A worker has the rows of the pending plan in memory. */
    void prepared();

    /** The job fails. */
    void fail(String message);
  }

  /** What workers are asked to compute. */
  interface Schedule {

    /** What a worker is to do now. */
    Expected expected(WorkerId worker);

    /** How long others took for what they were asked for in this round, if that is known. */
    OptionalLong usual();

    /** Nothing is to be expected of the worker any more, or until it is back. */
    void release(WorkerId worker);

    /** Training is under way and the team has changed. */
    void regrouped();
  }

  private final Roster roster;
  private final DataAgreement data;
  private final Deadlines deadlines;
  private final Team team;
  private final TrainingListener listener;
  private final LongSupplier nanoTime;
  private final int minWorkers;
  private final Progress progress;
  private final Schedule schedule;
  private long planned;

  /**
   * @param minWorkers the first plan waits for so many
   */
  Members(
      Job job,
      Roster roster,
      DataAgreement data,
      Team team,
      TrainingListener listener,
      LongSupplier nanoTime,
      int minWorkers,
      Progress progress,
      Schedule schedule) {
    this.roster = roster;
    this.data = data;
    this.deadlines = new Deadlines(job.team());
    this.team = team;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.minWorkers = Math.max(minWorkers, job.team().minWorkers());
    this.progress = progress;
    this.schedule = schedule;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  // ---- from the workers ----

  /**
   * A worker has said hello.
   *
   * @param outcome how the job has ended, if it has: all that there is to tell the worker then
   */
  void joined(WorkerId worker, int threads, Optional<Outcome> outcome) {
    roster.add(new Member(worker, threads, nanoTime.getAsLong()));
    team.welcome(worker);
    if (outcome.isPresent()) {
      team.finished(worker, outcome.get());
    } else {
      listener.joined(worker, roster.connected().size());
    }
  }

  void heard(WorkerId worker) {
    heard(worker, false);
  }

  /** A worker has contributed some of what it was asked for. */
  void contributed(WorkerId worker) {
    heard(worker, true);
  }

  private void heard(WorkerId worker, boolean isContribution) {
    Optional<Member> known = roster.get(worker);
    if (known.isEmpty() || progress.hasEnded()) {
      return;
    }
    Member member = known.get();
    long now = nanoTime.getAsLong();
    boolean isBack =
        member.presence == Presence.SILENT || member.presence == Presence.STUCK && isContribution;
    member.heard = now;
    if (isBack) {
      member.presence = Presence.HERE;
      listener.isBack(worker);
      listener.warned(
          String.format(
              "%s is back after %s; it takes part again",
              worker, Deadlines.words(now - member.contributed)));
    }
    if (isBack || isContribution) {
      member.contributed = now;
    }
    if (isBack) {
      regroup();
    }
  }

  /** A worker has found these data; it takes part if the others have found the same. */
  void foundData(WorkerId worker, DataFound found) {
    heard(worker);
    if (progress.hasEnded() || !roster.has(worker)) {
      return;
    }
    Optional<String> refusal =
        roster.isReady(worker)
            ? Optional.of("it has already reported its data")
            : data.refusal(found);
    if (refusal.isPresent()) {
      team.expel(worker, refusal.get());
      return;
    }
    data.warning(worker, found).ifPresent(listener::warned);
    data.add(found);
    listener.columnsFound(found.columns());
    roster.get(worker).orElseThrow().hasFoundData = true;
    regroup();
  }

  /** A worker has loaded the rows of a plan. */
  void prepared(WorkerId worker, int plan) {
    heard(worker);
    if (progress.hasEnded() || !roster.has(worker)) {
      return;
    }
    if (!roster.isReady(worker) || !roster.hasPlanned(plan)) {
      team.expel(worker, "there is no plan " + plan + " that it could be prepared for");
      return;
    }
    roster.prepared(worker, plan);
    progress.prepared();
  }

  /**
   * A worker cannot go on; nor can the job, unless it has gone on without that worker so far: a
   * newcomer with a wrong folder, say, is sent away.
   */
  void failed(WorkerId worker, String message) {
    if (!roster.has(worker)) {
      return;
    }
    if (progress.isGathering() || roster.active().workers().contains(worker)) {
      progress.fail(worker + ": " + message);
    } else {
      team.expel(worker, message);
    }
  }

  /** A worker's connection has ended. */
  void left(WorkerId worker) {
    if (!roster.remove(worker) || progress.hasEnded()) {
      return;
    }
    listener.left(worker, roster.connected().size());
    if (progress.isGathering() && !roster.knowsData()) {
      data.forget();
    }
    schedule.release(worker);
    regroup();
  }

  // ---- plans ----

  private void regroup() {
    plan();
    if (!progress.isGathering()) {
      deadlines
          .count(roster.ready().size(), progress.version() + 1, nanoTime.getAsLong())
          .ifPresent(listener::waiting);
      schedule.regrouped();
    }
  }

  /** Shares the partitions out anew among those who are there, and has them load their rows. */
  void plan() {
    if (roster.ready().size() < (progress.isGathering() ? minWorkers : 1)) {
      roster.forgetPending();
      return;
    }
    planned = nanoTime.getAsLong();
    Plan plan = roster.plan();
    listener.planned(plan);
    for (WorkerId worker : plan.workers()) {
      team.prepare(worker, plan.number(), plan.holding(worker));
    }
  }

  /** Whether there are enough workers for work to be given out. */
  boolean areEnough() {
    return deadlines.areEnough(roster.ready().size());
  }

  // ---- the clock ----

  /** Leaves out those who do not answer; ends the job if there are too few for too long. */
  void tick() {
    if (progress.hasEnded()) {
      return;
    }
    long now = nanoTime.getAsLong();
    deadlines.tick(now);
    List<WorkerId> expired = new ArrayList<>();
    List<WorkerId> unprepared = roster.unprepared();
    for (WorkerId worker : roster.ready()) {
      Member member = roster.get(worker).orElseThrow();
      expiry(member, unprepared.contains(worker), now)
          .ifPresent(
              expiry -> {
                leaveOut(member, expiry);
                expired.add(worker);
              });
    }
    if (!expired.isEmpty()) {
      expired.forEach(schedule::release);
      regroup();
    }
    deadlines.gaveUp(roster.ready().size(), progress.version(), now).ifPresent(progress::fail);
  }

  private Optional<Deadlines.Expiry> expiry(Member member, boolean isUnprepared, long now) {
    switch (schedule.expected(member.id)) {
      case A_CONTRIBUTION:
        return deadlines
            .silence(member, member.contributed, now)
            .or(() -> deadlines.stuck(member, schedule.usual(), now));
      case A_SIGN:
        return deadlines.silence(member, member.contributed, now);
      default:
        member.contributed = now; // what is expected from now on counts from now on
        return isUnprepared ? deadlines.silence(member, planned, now) : Optional.empty();
    }
  }

  private void leaveOut(Member member, Deadlines.Expiry expiry) {
    boolean isSilent = expiry.presence() == Presence.SILENT;
    roster.leaveOut(member, expiry.presence());
    listener.leftOut(member.id, isSilent);
    listener.warned(
        String.format(
            "%s: %s in round %d; others do its part, and it is left out until it %s",
            member.id,
            expiry.words(),
            progress.version() + 1,
            isSilent ? "is heard of" : "contributes"));
  }
}
