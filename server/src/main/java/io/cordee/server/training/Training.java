package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.model.Layout;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.EvaluationBoard;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.RoundBoard.Placement;
import io.cordee.server.team.LeaseBook;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * A job from its first worker to its end. A state machine: it is told what the workers say, and
 * tells the {@link Team} what to do. Not thread-safe; it has no thread, clock or socket of its own.
 *
 * <p>A round at version t: the team is asked to evaluate the test rows, if that is due, and to
 * compute every partition. As soon as the loss at version t is known, the stop conditions decide
 * whether the round is applied; if not, the weights at version t are the job's result. If it is,
 * chunks are stepped and sent as they are complete, and when all are, the round at version t + 1
 * begins.
 */
public final class Training {

  private enum Phase {
    /** Not enough workers yet. */
    GATHERING,
    /** A round is under way, and whether it is applied is still open. */
    MEASURING,
    /** The round is applied, chunk by chunk. */
    STEPPING,
    /** It is not; the final weights are evaluated. */
    EVALUATING_RESULT,
    /** The workers are told; they leave. */
    ENDED
  }

  private final Job job;
  private final RoundBoard board;
  private final Team team;
  private final TrainingListener listener;
  private final LongSupplier nanoTime;
  private final int minWorkers;
  private final Roster roster;

  private Phase phase = Phase.GATHERING;
  private Optional<DataFound> data = Optional.empty();
  private Optional<Outcome> outcome = Optional.empty();

  // Of the current round.
  private LeaseBook leases;
  private LeaseBook slices;
  private Optional<EvaluationBoard> evaluation = Optional.empty();
  private boolean isTimeUp;
  private String digest;
  private long roundStart;

  private long trainingStart;
  private OptionalDouble rowsPerSecond = OptionalDouble.empty();
  private Reason stopReason;

  /** How many rows a worker finds in the job's files. */
  public record DataFound(long trainRows, long testRows, String arithmetic) {
    private boolean hasRowsOf(DataFound other) {
      return trainRows == other.trainRows && testRows == other.testRows;
    }
  }

  /**
   * @param nanoTime a clock, for the time limit and the figures of the metrics
   * @param minWorkers the first round waits for so many
   */
  public Training(
      Job job,
      RoundBoard board,
      Team team,
      TrainingListener listener,
      LongSupplier nanoTime,
      int minWorkers) {
    this.job = job;
    this.board = board;
    this.team = team;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.minWorkers = minWorkers;
    this.roster = new Roster(board.tree());
    this.digest = board.digest();
    newLeases();
  }

  /** Whether the job is over and everybody has left. */
  public boolean isOver() {
    return phase == Phase.ENDED && roster.connected().isEmpty();
  }

  /** How the job ended, once it has. */
  public Optional<Outcome> outcome() {
    return outcome;
  }

  // ---- what workers say ----

  public void joined(WorkerId worker, int threads) {
    roster.add(worker, threads);
    team.welcome(worker);
    if (phase == Phase.ENDED) {
      team.finished(worker, outcome.orElseThrow());
      return;
    }
    listener.joined(worker, roster.connected().size());
  }

  public void foundData(WorkerId worker, DataFound found) {
    if (!roster.has(worker) || phase == Phase.ENDED) {
      return;
    }
    if (data.isPresent() && !data.get().hasRowsOf(found)) {
      team.expel(
          worker,
          String.format(
              "other workers find %d training and %d test rows, this one %d and %d; give it the same files",
              data.get().trainRows(), data.get().testRows(), found.trainRows(), found.testRows()));
      return;
    }
    if (data.isPresent() && !data.get().arithmetic().equals(found.arithmetic())) {
      listener.warned(
          String.format(
              "%s multiplies by %s, others by %s: digests will depend on the team; compute: portable does not",
              worker, found.arithmetic(), data.get().arithmetic()));
    }
    data = data.isPresent() ? data : Optional.of(found);
    roster.hasFoundData(worker);
    replan();
  }

  public void prepared(WorkerId worker, int plan) {
    if (!roster.has(worker) || phase == Phase.ENDED) {
      return;
    }
    roster.prepared(worker, plan);
    if (phase == Phase.GATHERING) {
      if (roster.activate()) {
        trainingStart = nanoTime.getAsLong();
        listener.started(roster.active().workers().size());
        beginRound();
      }
    } else if (hasOrphans() && roster.activate()) {
      leaseWhatNobodyHolds();
    }
  }

  public void contributed(WorkerId worker, Contribution contribution) {
    if (!roster.has(worker) || (phase != Phase.MEASURING && phase != Phase.STEPPING)) {
      return;
    }
    Placement placement;
    try {
      placement = board.offer(contribution);
    } catch (IllegalArgumentException e) {
      team.expel(worker, "contribution refused: " + e.getMessage());
      return;
    }
    if (placement == Placement.PLACED && isFinite(worker, contribution)) {
      proceed();
    }
  }

  /** Ends the job if what has come in is not finite; nothing of the round is kept then. */
  private boolean isFinite(WorkerId worker, Contribution contribution) {
    if (!Double.isFinite(contribution.tally().lossSum())) {
      ReductionTree.Span span = board.tree().span(contribution.node());
      fail(
          String.format(
              "round %d: the loss over partitions %d to %d, from %s, is not finite; a smaller learning rate or step may help",
              contribution.version() + 1, span.from(), span.to() - 1, worker));
      return false;
    }
    OptionalInt parameter = board.notFinite();
    if (parameter.isPresent()) {
      fail(
          String.format(
              "round %d: the sum over all partitions is not finite in %s, parameter %d; a smaller learning rate or step may help",
              board.version() + 1,
              Layout.of(job.model()).tensorAt(parameter.getAsInt()).name(),
              parameter.getAsInt()));
      return false;
    }
    return true;
  }

  public void evaluated(WorkerId worker, int version, int slice, Tally tally) {
    if (!roster.has(worker) || evaluation.isEmpty()) {
      return;
    }
    try {
      evaluation.get().offer(version, slice, tally);
    } catch (IllegalArgumentException e) {
      team.expel(worker, "evaluation refused: " + e.getMessage());
      return;
    }
    proceed();
  }

  /**
   * The worker cannot go on; neither can the job, unless it has gone on without that worker so far.
   */
  public void failed(WorkerId worker, String message) {
    if (!roster.has(worker)) {
      return;
    }
    boolean isNeeded = phase == Phase.GATHERING || roster.active().workers().contains(worker);
    if (isNeeded) {
      fail(worker + ": " + message);
    } else {
      // A newcomer with a wrong folder, say: the others go on without it.
      team.expel(worker, message);
    }
  }

  /** The worker's connection has ended, for whatever reason. */
  public void left(WorkerId worker) {
    if (!roster.remove(worker) || phase == Phase.ENDED) {
      return;
    }
    leases.release(worker);
    slices.release(worker);
    listener.left(worker, roster.connected().size());
    if (phase == Phase.GATHERING && roster.ready().isEmpty()) {
      // Nobody is left who found it; whoever comes next may be right.
      data = Optional.empty();
    }
    replan();
    if (roster.ready().isEmpty() && phase != Phase.GATHERING) {
      listener.waiting(
          "no worker is left; round " + (board.version() + 1) + " waits for one to join");
    }
  }

  /** Ends the job before its time; the weights of the last finished round are kept. */
  public void interrupt(String why) {
    end(new Outcome.Interrupted(why + " after " + rounds(board.version())));
  }

  /** Something that must not happen did, such as a disk that is full. */
  public void broken(Throwable cause) {
    fail(reason(cause));
  }

  private static String reason(Throwable cause) {
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return cause.getCause() == null ? reason : reason + ": " + cause.getCause().getMessage();
  }

  // ---- rounds ----

  private void beginRound() {
    phase = Phase.MEASURING;
    board.hold();
    roundStart = nanoTime.getAsLong();
    digest = board.digest();
    isTimeUp =
        job.stop().minutes().isPresent()
            && roundStart - trainingStart >= job.stop().minutes().getAsDouble() * 60e9;
    roster.activate();
    newLeases();
    evaluation = isEvaluationDue() ? Optional.of(newEvaluation()) : Optional.empty();
    leaseWhatNobodyHolds();
  }

  private void newLeases() {
    leases = new LeaseBook(job.partitions());
    slices = new LeaseBook(sliceCount());
  }

  /** The test rows are cut like the partitions, but no finer than into single rows. */
  private int sliceCount() {
    long rows = data.map(DataFound::testRows).orElse(0L);
    return (int) Math.max(1, Math.min(job.partitions(), rows));
  }

  private boolean isEvaluationDue() {
    int version = board.version();
    return job.data().test().isPresent()
        && (version % job.evaluateEvery() == 0 || version == job.stop().rounds());
  }

  private EvaluationBoard newEvaluation() {
    return new EvaluationBoard(board.version(), new ReductionTree(sliceCount()));
  }

  /** What a contribution or an evaluation may have made possible. */
  private void proceed() {
    if (phase == Phase.MEASURING) {
      decide();
    }
    if (phase == Phase.STEPPING) {
      send(board.stepWhatMay());
      if (board.isStepped() && isEvaluated()) {
        endRound();
      }
    }
    if (phase == Phase.EVALUATING_RESULT && isEvaluated()) {
      complete();
    }
  }

  /**
   * Whether the round is applied: decided once per round, as soon as everything that may stop the
   * job is known.
   */
  private void decide() {
    boolean awaitsAccuracy = job.stop().accuracy().isPresent() && !isEvaluated();
    if (board.measured().isEmpty() || awaitsAccuracy) {
      return;
    }
    Optional<Reason> reason = stopReason(board.measured().get());
    if (reason.isEmpty()) {
      phase = Phase.STEPPING;
      send(board.release());
      return;
    }
    stopReason = reason.get();
    phase = Phase.EVALUATING_RESULT;
    if (evaluation.isEmpty() && job.data().test().isPresent()) {
      evaluation = Optional.of(newEvaluation());
      // Of those whom the round began with, some may have left once their partitions were in.
      roster.activate();
      leaseWhatNobodyHolds();
    }
  }

  private Optional<Reason> stopReason(Tally measured) {
    OptionalDouble wanted = job.stop().accuracy();
    Optional<Tally> test = evaluation.flatMap(EvaluationBoard::result);
    if (wanted.isPresent() && test.isPresent() && test.get().accuracy() >= wanted.getAsDouble()) {
      return Optional.of(Reason.ACCURACY);
    }
    Optional<Reason> reason = job.stop().metBy(board.version(), measured);
    return reason.isEmpty() && isTimeUp ? Optional.of(Reason.MINUTES) : reason;
  }

  private boolean isEvaluated() {
    return evaluation.isEmpty() || evaluation.get().result().isPresent();
  }

  private void endRound() {
    long now = nanoTime.getAsLong();
    publishMeasurement();
    rowsPerSecond =
        OptionalDouble.of(
            board.measured().orElseThrow().rows() / Math.max(1e-9, (now - roundStart) / 1e9));
    board.advance();
    beginRound();
  }

  private void publishMeasurement() {
    listener.measured(
        new Measurement(
            board.version(),
            board.measured().orElseThrow(),
            evaluation.flatMap(EvaluationBoard::result),
            (roundStart - trainingStart) / 1e9,
            rowsPerSecond,
            digest));
  }

  private void send(List<Integer> stepped) {
    for (WorkerId worker : roster.inSync()) {
      for (int chunk : stepped) {
        team.chunk(worker, board.version() + 1, Team.Kind.EVALUATION_POINT, chunk);
      }
    }
  }

  // ---- leases ----

  private void replan() {
    int needed = phase == Phase.GATHERING ? minWorkers : 1;
    if (roster.ready().size() < needed) {
      roster.forgetPending();
      return;
    }
    Plan plan = roster.plan();
    for (WorkerId worker : plan.workers()) {
      team.prepare(worker, plan.number(), plan.holding(worker));
    }
  }

  private boolean hasOrphans() {
    return leases.hasOrphans(gradientIsDone()) || slices.hasOrphans(evaluationIsDone());
  }

  private IntPredicate gradientIsDone() {
    return phase == Phase.EVALUATING_RESULT ? partition -> true : board::isCovered;
  }

  private IntPredicate evaluationIsDone() {
    return slice -> evaluation.isEmpty() || evaluation.get().isCovered(slice);
  }

  private void leaseWhatNobodyHolds() {
    Plan plan = roster.active();
    Map<WorkerId, BitSet> toEvaluate = slices.assign(plan, evaluationIsDone());
    Map<WorkerId, BitSet> toCompute = leases.assign(plan, gradientIsDone());
    for (WorkerId worker : plan.workers()) {
      if (!toEvaluate.containsKey(worker) && !toCompute.containsKey(worker)) {
        continue;
      }
      if (roster.bringIntoSync(worker)) {
        sendAll(worker, Team.Kind.EVALUATION_POINT);
      }
      if (toEvaluate.containsKey(worker)) {
        if (board.hasOwnEvaluationPoint()) {
          sendAll(worker, Team.Kind.WEIGHTS);
        }
        team.evaluate(worker, board.version(), toEvaluate.get(worker));
      }
      if (toCompute.containsKey(worker)) {
        team.lease(worker, board.version(), toCompute.get(worker));
      }
    }
  }

  private void sendAll(WorkerId worker, Team.Kind kind) {
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      team.chunk(worker, board.version(), kind, chunk);
    }
    if (kind == Team.Kind.EVALUATION_POINT) {
      for (int chunk : board.steppedChunks()) {
        team.chunk(worker, board.version() + 1, kind, chunk);
      }
    }
  }

  // ---- the end ----

  private void complete() {
    publishMeasurement();
    String met =
        switch (stopReason) {
          case ROUNDS -> "";
          case ACCURACY -> " (the accuracy asked for is reached)";
          case LOSS -> " (the loss asked for is reached)";
          case TOLERANCE -> " (every output is within tolerance)";
          case MINUTES -> " (the time is up)";
        };
    end(new Outcome.Completed("completed after " + rounds(board.version()) + met));
  }

  private void fail(String message) {
    end(new Outcome.Failed(message));
  }

  private void end(Outcome how) {
    if (phase == Phase.ENDED) {
      return;
    }
    phase = Phase.ENDED;
    outcome = Optional.of(keepWeights(how));
    for (WorkerId worker : roster.connected()) {
      team.finished(worker, outcome.get());
    }
  }

  private Outcome keepWeights(Outcome how) {
    try {
      return listener.ended(how, board.version(), digest, board.weights());
    } catch (RuntimeException e) {
      // Whatever it is, the workers have to be sent home.
      return new Outcome.Failed(
          how instanceof Outcome.Failed ? how.message() + "; then " + reason(e) : reason(e));
    }
  }

  private static String rounds(int version) {
    return version == 1 ? "1 round" : version + " rounds";
  }
}
