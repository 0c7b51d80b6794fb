package io.cordee.server.training;

import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.rule.Optimizer;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Admits contributions to their round, which is applied as a whole, or not at all.
 *
 * <p>A round at version t: the team is asked to evaluate the test rows, if that is due, and to
 * compute every partition. As soon as the loss at version t is known, the stop conditions decide
 * whether the round is applied; if not, the weights at version t are the job's result. If it is,
 * the shards step and send their chunks, and when all stand at version t + 1, the round there
 * begins.
 */
final class SynchronousRounds implements Admission {

  private enum Stage {
    /** The loss is not known, or not all else that decides whether the round is applied. */
    MEASURING,
    /** The round is to be applied, as soon as all is known that this takes. */
    DECIDED,
    STEPPING
  }

  private final Coordinator lead;
  private final Consumer<Runnable> events;
  private final RoundShard own;
  private final List<ShardOrders> shards;
  private final ShardBook book;
  private final DataAgreement data;
  private final Deadlines deadlines;
  private final LeaseManager leases;
  private final RoundEvaluation evaluation;
  private final BestWeights best;
  private final RoundLog log;

  // The state of the current round.
  private int version;
  private Stage stage = Stage.MEASURING;

  /**
   * @param events runs one, after those before it
   */
  SynchronousRounds(Coordinator lead, Consumer<Runnable> events) {
    this.lead = lead;
    this.events = events;
    this.own = lead.own;
    this.shards = lead.shards;
    this.book = lead.book;
    this.data = lead.data;
    this.deadlines = lead.deadlines;
    this.leases = lead.leases;
    this.evaluation = lead.evaluation;
    this.best = lead.best;
    this.log = lead.log;
    this.version = own.board().version();
  }

  // ---- what workers do ----

  /** Has them added to their chunks on this thread; the shard drops what is of an earlier round. */
  @Override
  public void contributed(WorkerId worker, List<Contribution> ofChunks) {
    if (!lead.isTraining()) {
      own.drop(worker, ofChunks);
      return;
    }
    Contribution first = ofChunks.get(0);
    int chunks = ofChunks.size();
    events.accept(
        () -> {
          if (lead.contributed(worker, first, chunks)) {
            leases.contributed(worker, first, chunks);
          }
        });
    own.contributed(worker, ofChunks);
  }

  @Override
  public void measured(WorkerId worker, int atVersion, int slice, Tally tally) {
    leases.evaluated(worker, atVersion, slice, tally);
    lead.proceed();
  }

  @Override
  public Member.Expected expected(WorkerId worker) {
    return leases.expected(worker);
  }

  @Override
  public void release(WorkerId worker) {
    leases.release(worker);
  }

  @Override
  public void regrouped() {
    leases.regrouped();
  }

  @Override
  public void prepared() {
    leases.prepared();
  }

  @Override
  public void tick() {
    leases.backUp();
  }

  // ---- rounds ----

  @Override
  public int version() {
    return version;
  }

  @Override
  public void begin() {
    stage = Stage.MEASURING;
    book.beginRound(version);
    log.beginRound(version, book);
    evaluation.begin(version);
    leases.begin(version, data.slices(), data.rowsOfRound());
    leases.regrouped();
  }

  @Override
  public Optional<Reason> proceed() {
    Optional<Reason> reason = stage == Stage.MEASURING ? decide() : Optional.empty();
    if (stage == Stage.DECIDED) {
      apply();
    }
    if (stage == Stage.STEPPING && book.areAllAt(version + 1) && evaluation.isDone()) {
      advance();
    }
    return reason;
  }

  /** Decides once per round, as soon as all is known, whether the round is applied. */
  private Optional<Reason> decide() {
    if (!evaluation.canDecide() || !best.offer(version, evaluation.result())) {
      return Optional.empty();
    }
    Optional<Reason> reason =
        log.stopReason(version, data.lastRound(), evaluation.train(), evaluation.result(), true)
            .or(
                () ->
                    Optional.of(Reason.PATIENCE)
                        .filter(it -> best.isPatienceOver(version, data.rows().train())));
    if (reason.isEmpty()) {
      stage = Stage.DECIDED;
    }
    return reason;
  }

  private void apply() {
    boolean isClipped = own.board().needsNorm();
    if (isClipped && !book.areAllSquared()) {
      return;
    }
    OptionalDouble norm =
        isClipped ? OptionalDouble.of(Optimizer.norm(book.squares())) : OptionalDouble.empty();
    stage = Stage.STEPPING;
    book.applied();
    double now = log.seconds();
    boolean isKept = log.claimCheckpoint(version + 1, now);
    double meanLoss = evaluation.train().meanLoss();
    shards.forEach(shard -> shard.apply(version, norm, meanLoss, now, isKept));
  }

  private void advance() {
    deadlines.roundTook(
        log.endRound(version, evaluation.train(), evaluation.result(), best.best()));
    List<WorkerId> changed = leases.end();
    if (!changed.isEmpty()) {
      lead.plan();
      leases.tellShares(changed);
    }
    version++;
    own.moveTo(version);
    begin();
  }

  @Override
  public void end() {
    // While a round is under way, its version stands.
  }
}
