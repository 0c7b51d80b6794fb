package io.cordee.server.training;

import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.job.Columns;
import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.model.Layout;
import io.cordee.common.model.Words;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.rule.Optimizer;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.RoundBoard.Placement;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * Training by rounds, each of which takes one step of the whole batch.
 *
 * <p>A round at version t: the team is asked to evaluate the test rows, if that is due, and to
 * compute every partition. As soon as the loss at version t is known, the stop conditions decide
 * whether the round is applied; if not, the weights at version t are the job's result. If it is,
 * chunks are stepped and sent as they are complete, and when all are, the round at version t + 1
 * begins.
 */
public final class SynchronousTraining implements Training {

  private enum Phase {
    /** Not enough workers yet. */
    GATHERING,
    /** A round is under way, and whether it is applied is still open. */
    MEASURING,
    /** The round is applied, chunk by chunk. */
    STEPPING,
    /** It is not; the final weights are evaluated. */
    EVALUATING_RESULT,
    /** The job is over; the weights of the other shards are on their way. */
    COLLECTING,
    /** The workers are told; they leave. */
    ENDED
  }

  private final Job job;
  private final RoundBoard board;
  private final Team team;
  private final TrainingListener listener;
  private final LongSupplier nanoTime;
  private final Roster roster;
  private final Membership membership;
  private final DataAgreement data;
  private final Dispatch dispatch;
  private final LeaseManager leases;
  private final Shards shards;
  private final ShardBook book;

  private Phase phase = Phase.GATHERING;
  private Optional<Outcome> outcome = Optional.empty();

  /** How the job will have ended when all weights are here. */
  private Optional<Outcome> ending = Optional.empty();

  // Of the current round.
  private final RoundEvaluation evaluation;

  /** Chunks that were stepped and sent. The round is not over before all are. */
  private int sent;

  /** Whether chunks may be stepped. */
  private boolean isApplied;

  private String digest;
  private long roundStart;

  private long trainingStart;

  /** Seconds of training when the state was last kept. */
  private double lastKept;

  /** Whether what the current round leads to is kept. */
  private boolean isKept;

  private OptionalDouble rowsPerSecond = OptionalDouble.empty();
  private Reason stopReason;

  private final Healings healings = new Healings();

  /**
   * @param nanoTime a clock, for the time limit and the figures of the metrics
   * @param minWorkers the first round waits for so many
   */
  public SynchronousTraining(
      Job job,
      RoundBoard board,
      Team team,
      TrainingListener listener,
      LongSupplier nanoTime,
      int minWorkers) {
    this(
        job,
        board,
        team,
        listener,
        nanoTime,
        minWorkers,
        Shards.NONE,
        new Whole(board.chunks(), 1));
  }

  /** The whole vector and how many share it. */
  public record Whole(Chunks chunks, int shards) {}

  /**
   * As shard 0 of several.
   *
   * @param board of this shard's own chunks
   */
  public SynchronousTraining(
      Job job,
      RoundBoard board,
      Team team,
      TrainingListener listener,
      LongSupplier nanoTime,
      int minWorkers,
      Shards shards,
      Whole whole) {
    this.shards = shards;
    this.book = new ShardBook(whole.chunks(), whole.shards());
    this.job = job;
    this.board = board;
    this.team = team;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.roster = new Roster(board.tree());
    this.membership = new Membership(job, roster, team, listener);
    this.data = membership.data();
    this.evaluation = new RoundEvaluation(job, data);
    this.dispatch = new Dispatch(job.sendsSigns(), board, roster, team, shards);
    this.leases =
        new LeaseManager(
            job,
            board.chunks().count(),
            new CurrentRound(),
            team,
            listener,
            nanoTime,
            minWorkers,
            roster,
            dispatch);
    this.digest = digest();
  }

  /** As a job that goes on, which was trained on rows with these columns before. */
  public synchronized void expect(Columns columns) {
    data.expect(columns);
  }

  @Override
  public synchronized boolean isOver() {
    return phase == Phase.ENDED
        && (outcome.get() instanceof Outcome.Suspended || roster.connected().isEmpty());
  }

  @Override
  public synchronized Optional<Outcome> outcome() {
    return outcome;
  }

  // ---- what workers say ----

  @Override
  public synchronized void joined(WorkerId worker, int threads) {
    membership.join(worker, threads, outcome);
  }

  @Override
  public synchronized void heard(WorkerId worker) {
    if (!isOverOrEnding()) {
      leases.heard(worker, false);
    }
  }

  @Override
  public synchronized void foundData(WorkerId worker, DataFound found) {
    if (isOverOrEnding()) {
      return;
    }
    leases.heard(worker, false);
    if (membership.admit(worker, found)) {
      leases.regroup();
    }
  }

  @Override
  public synchronized void prepared(WorkerId worker, int plan) {
    if (isOverOrEnding()) {
      return;
    }
    leases.heard(worker, false);
    if (!membership.prepare(worker, plan)) {
      return;
    }
    if (phase == Phase.GATHERING) {
      beginTraining();
    } else {
      leases.prepared();
    }
  }

  private void beginTraining() {
    if (phase == Phase.GATHERING
        && book.areOthersAt(board.start().version())
        && roster.activate()) {
      trainingStart = nanoTime.getAsLong() - (long) (board.start().seconds() * 1e9);
      lastKept = board.start().seconds();
      listener.started(roster.active().workers().size());
      warnOfLosses();
      beginRound();
    }
  }

  @Override
  public synchronized void subscribed(WorkerId worker) {
    team.expel(worker, "shard 0 sends chunks with the first lease; nothing is to be asked for");
  }

  private void warnOfLosses() {
    if (job.wire().uplink().isLossy()) {
      listener.warned(
          String.format(
              "uplink %s is lossy: digests depend on the team; the same one has them again as long as nobody joins, leaves or is left out, and a round waits for its slowest worker",
              Words.of(job.wire().uplink())));
    }
  }

  @Override
  public void contributed(WorkerId worker, Contribution contribution) {
    Placement placement;
    try {
      data.check(contribution, board.tree());
      if (!takes(worker, contribution)) {
        listener.dropped(worker);
        board.drop(contribution);
        return;
      }
      placement = offer(contribution);
    } catch (IllegalArgumentException e) {
      board.drop(contribution);
      team.expel(worker, "contribution refused: " + e.getMessage());
      return;
    }
    if (placement == Placement.DUPLICATE) {
      listener.dropped(worker);
      return;
    }
    if (isFinite(worker, contribution) && placement == Placement.REDUCED) {
      step(proceed());
    }
  }

  private Placement offer(Contribution contribution) {
    long begin = nanoTime.getAsLong();
    Placement placement = board.offer(contribution);
    listener.reduced(nanoTime.getAsLong() - begin);
    return placement;
  }

  private boolean isOverOrEnding() {
    return phase == Phase.ENDED || phase == Phase.COLLECTING;
  }

  private synchronized boolean takes(WorkerId worker, Contribution contribution) {
    if (!roster.has(worker) || phase != Phase.MEASURING && phase != Phase.STEPPING) {
      return false;
    }
    int node = contribution.node();
    int units = board.tree().contains(node) ? board.tree().span(node).size() : 0;
    leases.contributed(worker, contribution.version(), units);
    listener.arrived(worker, contribution.version(), node, nanoTime.getAsLong());
    return true;
  }

  /** Steps chunks, and whatever more may be stepped after that. */
  private void step(List<Integer> claimed) {
    for (List<Integer> chunks = claimed; !chunks.isEmpty(); ) {
      listener.stepping(board, chunks);
      long begin = nanoTime.getAsLong();
      board.step(chunks);
      listener.stepped(board, chunks, nanoTime.getAsLong() - begin);
      chunks = stepped(chunks);
    }
  }

  private synchronized List<Integer> stepped(List<Integer> chunks) {
    if (isOverOrEnding()) {
      return List.of();
    }
    dispatch.send(chunks);
    sent += chunks.size();
    return proceed();
  }

  /** Ends the job if what has come in is not finite; nothing of the round is kept then. */
  private synchronized boolean isFinite(WorkerId worker, Contribution contribution) {
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

  @Override
  public void evaluated(WorkerId worker, int version, int slice, Tally tally) {
    step(takeEvaluation(worker, version, slice, tally));
  }

  private synchronized List<Integer> takeEvaluation(
      WorkerId worker, int version, int slice, Tally tally) {
    if (!roster.has(worker) || !evaluation.isUnderWay()) {
      return List.of();
    }
    try {
      evaluation.offer(version, slice, tally);
      leases.contributed(worker, version, 1);
      listener.arrived(worker, version, RoundListener.EVALUATION, nanoTime.getAsLong());
    } catch (IllegalArgumentException e) {
      team.expel(worker, "evaluation refused: " + e.getMessage());
      return List.of();
    }
    return proceed();
  }

  @Override
  public synchronized void differs(WorkerId worker, int version, int chunk) {
    if (!roster.has(worker) || isOverOrEnding()) {
      return;
    }
    if (!job.sendsSigns() || chunk < 0 || chunk >= board.chunks().count()) {
      team.expel(worker, "there is no replica of a chunk " + chunk + " that could differ");
      return;
    }
    if (version < 0 || version > board.version() + 1) {
      team.expel(worker, "no chunk has been at version " + version);
      return;
    }
    if (!healings.canHelp(worker, chunk, version)) {
      team.expel(worker, Healings.again(chunk, version));
      return;
    }
    listener.healed(worker);
    listener.warned(healings.add(worker, chunk, version));
    team.state(worker, chunk);
  }

  @Override
  public synchronized void failed(WorkerId worker, String message) {
    membership.fail(worker, message, phase == Phase.GATHERING).ifPresent(this::fail);
  }

  @Override
  public synchronized void left(WorkerId worker) {
    if (!roster.remove(worker) || isOverOrEnding()) {
      return;
    }
    healings.forget(worker);
    membership.leave(worker, phase == Phase.GATHERING);
    leases.left(worker);
  }

  @Override
  public synchronized void tick() {
    if (!isOverOrEnding()) {
      leases.tick();
      leases.gaveUp().ifPresent(this::fail);
    }
  }

  @Override
  public synchronized void interrupt(String why) {
    end(new Outcome.Interrupted(why + " after " + Outcome.rounds(board.version())));
  }

  @Override
  public synchronized void broken(Throwable cause) {
    if (phase == Phase.COLLECTING) {
      finish(ending.orElseThrow().then(Outcome.reason(cause)));
    } else {
      fail(Outcome.reason(cause));
    }
  }

  // ---- rounds ----

  private void beginRound() {
    phase = Phase.MEASURING;
    sent = 0;
    isApplied = false;
    book.beginRound();
    board.hold();
    roundStart = nanoTime.getAsLong();
    listener.roundBegan(board.version(), roundStart);
    digest = isDigestDue() ? digest() : "";
    boolean isTimeUp =
        job.stop().minutes().isPresent()
            && roundStart - trainingStart >= job.stop().minutes().getAsDouble() * 60e9;
    evaluation.begin(board.version(), isTimeUp);
    leases.begin(data.slices());
  }

  private boolean isDigestDue() {
    return job.digestEvery() > 0 && board.version() % job.digestEvery() == 0;
  }

  /**
   * Goes on as far as what has come in allows.
   *
   * @return the chunks that the caller has to step
   */
  private synchronized List<Integer> proceed() {
    if (phase == Phase.MEASURING) {
      decide();
    }
    if (phase == Phase.STEPPING && !isApplied) {
      apply();
    }
    if (phase == Phase.STEPPING && isSteppedEverywhere() && evaluation.isDone()) {
      endRound();
    }
    if (phase == Phase.EVALUATING_RESULT && evaluation.isDone()) {
      complete();
    }
    return phase == Phase.STEPPING ? board.claim() : List.of();
  }

  /**
   * Whether the round is applied: decided once per round, as soon as everything that may stop the
   * job is known.
   */
  private void decide() {
    if (board.measured().isEmpty() || !evaluation.canDecide()) {
      return;
    }
    Optional<Reason> reason = evaluation.stopReason(board.measured().get());
    if (reason.isEmpty()) {
      phase = Phase.STEPPING;
      keepIfDue();
      return;
    }
    stopReason = reason.get();
    phase = Phase.EVALUATING_RESULT;
    if (evaluation.beginLast()) {
      // Of those whom the round began with, some may have left once their partitions were in.
      roster.activate();
      leases.leaseWhatNobodyHolds();
    }
  }

  /** Lets chunks be stepped, here and at the other shards, once all is known that it takes. */
  private void apply() {
    OptionalDouble norm = OptionalDouble.empty();
    if (board.needsNorm()) {
      if (board.isReduced() && !book.hasSquaresOf(0)) {
        book.squares(0, board.squares());
      }
      if (!book.areAllSquared()) {
        return;
      }
      norm = OptionalDouble.of(Optimizer.norm(book.squares()));
      board.release(norm.getAsDouble());
    } else {
      board.release();
    }
    isApplied = true;
    shards.apply(order(norm));
  }

  private RoundOrder order(OptionalDouble norm) {
    double now = secondsSoFar();
    double loss = board.measured().orElseThrow().meanLoss();
    return new RoundOrder(board.version(), norm, loss, now, isKept);
  }

  /** Before any chunk is stepped. */
  private void keepIfDue() {
    double now = secondsSoFar();
    int next = board.version() + 1;
    isKept = job.checkpoint().isDue(next, now - lastKept);
    if (isKept) {
      lastKept = now;
      board.keep(new RoundMark(next, board.measured().orElseThrow().meanLoss(), now));
    }
  }

  private double secondsSoFar() {
    return (nanoTime.getAsLong() - trainingStart) / 1e9;
  }

  private boolean isSteppedEverywhere() {
    return sent == board.chunks().count() && book.areOthersAt(board.version() + 1);
  }

  private String digest() {
    book.put(0, board.checksums());
    return book.digest(board.version());
  }

  private void endRound() {
    long now = nanoTime.getAsLong();
    listener.roundEnded(board.version(), now);
    publishMeasurement();
    leases.end(now - roundStart);
    rowsPerSecond =
        OptionalDouble.of(
            board.measured().orElseThrow().rows() / Math.max(1e-9, (now - roundStart) / 1e9));
    board.advance((now - trainingStart) / 1e9);
    beginRound();
  }

  private void publishMeasurement() {
    listener.measured(
        new Measurement(
            board.version(),
            board.measured().orElseThrow(),
            evaluation.result(),
            (roundStart - trainingStart) / 1e9,
            rowsPerSecond,
            digest));
  }

  /** What those who lease have to know of the round. */
  private final class CurrentRound implements LeaseManager.Round {

    @Override
    public boolean isUnderWay() {
      return phase != Phase.GATHERING && !isOverOrEnding();
    }

    @Override
    public int version() {
      return board.version();
    }

    @Override
    public boolean isDoneElsewhere() {
      return book.areOthersAt(board.version() + 1);
    }

    @Override
    public boolean isComputed(int partition) {
      // What the other shards have is not known here, until they have it all.
      return phase == Phase.EVALUATING_RESULT || isDoneElsewhere() && board.isCovered(partition);
    }

    @Override
    public boolean isMeasured(int slice) {
      return evaluation.isCovered(slice);
    }
  }

  // ---- the end ----

  private void complete() {
    end(Outcome.completed(board.version(), stopReason));
  }

  private void fail(String message) {
    end(new Outcome.Failed(message));
  }

  private void end(Outcome how) {
    if (phase == Phase.ENDED || ending.isPresent()) {
      return;
    }
    ending = Optional.of(how);
    phase = Phase.COLLECTING;
    if (book.hasOthers() && book.areOthersThere()) {
      shards.collect(board.version());
    } else {
      finish(how);
    }
  }

  /** All weights are here, or never will be. */
  private void finish(Outcome ending) {
    boolean isWhole = !book.hasOthers() || book.areOthersCollected();
    Outcome how = ending instanceof Outcome.Completed ? measured(ending) : ending;
    phase = Phase.ENDED;
    outcome = Optional.of(keepWeights(how, isWhole));
    shards.finished(outcome.get());
    for (WorkerId worker : roster.connected()) {
      team.finished(worker, outcome.get());
    }
  }

  private Outcome measured(Outcome how) {
    try {
      digest = digest.isEmpty() ? digest() : digest;
      publishMeasurement();
      return how;
    } catch (RuntimeException | OutOfMemoryError e) {
      // The weights have to be kept, and the workers to be sent home, all the same.
      return how.then(Outcome.reason(e));
    }
  }

  private Outcome keepWeights(Outcome how, boolean isWhole) {
    try {
      if (job.checkpoint().isOn()
          && !book.hasOthers()
          && board.version() > board.start().version()) {
        board.keepCurrent(secondsSoFar());
      }
      Optional<float[]> weights =
          isWhole ? Optional.of(book.whole(board.weights(board.version()))) : Optional.empty();
      return listener.ended(how, board.version(), digest, weights);
    } catch (RuntimeException | OutOfMemoryError e) {
      // Whatever it is, the workers have to be sent home.
      return how.then(Outcome.reason(e));
    }
  }

  // ---- what the other shards say ----

  /** All chunks of a shard stand at this version; at 0, it has joined. */
  public void shardStepped(int shard, int version, long[] checksums) {
    step(takeShardStepped(shard, version, checksums));
  }

  private synchronized List<Integer> takeShardStepped(int shard, int version, long[] checksums) {
    try {
      if (phase == Phase.GATHERING) {
        requireCurrent(version, "chunks");
      }
      book.stepped(shard, version, checksums);
      listener.shardStands(shard, version, nanoTime.getAsLong());
    } catch (IllegalArgumentException e) {
      shards.refuse(shard, e.getMessage());
      return List.of();
    }
    if (phase == Phase.GATHERING) {
      beginTraining();
    }
    return proceed();
  }

  /** A shard's share of the squared norm, chunk by chunk. */
  public void shardSquares(int shard, int version, double[] squares) {
    step(takeShardSquares(shard, version, squares));
  }

  private synchronized List<Integer> takeShardSquares(int shard, int version, double[] squares) {
    try {
      requireCurrent(version, "sums of squares");
      book.squares(shard, squares);
    } catch (IllegalArgumentException e) {
      shards.refuse(shard, e.getMessage());
      return List.of();
    }
    return proceed();
  }

  /** The weights of a chunk of another shard, as they were asked for. */
  public synchronized void shardWeights(
      int shard, int version, int chunk, float[] values, long checksum) {
    if (phase != Phase.COLLECTING) {
      return;
    }
    try {
      requireCurrent(version, "weights");
      book.collect(chunk, values, checksum);
    } catch (IllegalArgumentException e) {
      shards.refuse(shard, e.getMessage());
      return;
    }
    if (book.areOthersCollected()) {
      finish(ending.orElseThrow());
    }
  }

  private void requireCurrent(int version, String what) {
    if (version != board.version()) {
      throw new IllegalArgumentException(
          what + " at version " + board.version() + " are wanted; found version " + version);
    }
  }

  /** A shard cannot go on, and so neither can the job. */
  public synchronized void shardFailed(int shard, String message) {
    if (phase != Phase.ENDED) {
      fail("shard " + shard + ": " + message);
    }
  }

  /** A shard does not have, or no more, what the job is to begin with: all have to agree anew. */
  public synchronized void shardLacks(int shard) {
    if (phase == Phase.GATHERING) {
      phase = Phase.ENDED;
      outcome =
          Optional.of(
              new Outcome.Suspended(
                  "shard " + shard + " has not kept round " + board.version() + " any more"));
    }
  }

  /**
   * The connection to a shard has ended, and its part of this round with it: all shards have to go
   * back to a version that each of them has kept.
   */
  public synchronized void shardLost(int shard) {
    book.lost(shard);
    listener.shardLost(shard);
    if (phase == Phase.ENDED || phase == Phase.GATHERING) {
      return;
    }
    String gone = "shard " + shard + " is gone";
    if (phase == Phase.COLLECTING && !(ending.orElseThrow() instanceof Outcome.Completed)) {
      finish(ending.get().then(gone + ", and its weights with it"));
    } else {
      phase = Phase.ENDED;
      outcome = Optional.of(new Outcome.Suspended(gone));
    }
  }
}
