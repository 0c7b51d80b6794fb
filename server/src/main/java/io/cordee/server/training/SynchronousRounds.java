package io.cordee.server.training;

import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

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

  private final RoundShard own;
  private final List<ShardOrders> shards;
  private final ShardBook book;
  private final Membership members;
  private final DataAgreement data;
  private final LeaseManager leases;
  private final RoundEvaluation evaluation;
  private final BestWeights best;
  private final RoundLog log;

  /** True while contributions may enter a round; any thread reads it. */
  private volatile boolean isOpen;

  // The state of the current round.
  private int version;
  private Stage stage = Stage.MEASURING;

  SynchronousRounds(TrainingParts parts) {
    this.own = parts.own();
    this.shards = parts.shards();
    this.book = parts.book();
    this.members = parts.members();
    this.data = members.data();
    this.leases = parts.leases();
    this.evaluation = parts.evaluation();
    this.best = parts.best();
    this.log = parts.log();
    this.version = own.board().version();
  }

  // ---- what workers do ----

  /** Has them added to their chunks on this thread; the shard drops what is of an earlier round. */
  @Override
  public void reduce(WorkerId worker, List<Contribution> ofChunks) {
    if (isOpen) {
      own.contributed(worker, ofChunks);
    } else {
      own.drop(worker, ofChunks);
    }
  }

  @Override
  public Optional<String> admit(WorkerId worker, List<Contribution> ofChunks) {
    leases.contributed(worker, ofChunks.get(0), ofChunks.size());
    return Optional.empty();
  }

  @Override
  public void refuse(WorkerId worker, List<Contribution> ofChunks) {
    // The shard has them already, or has dropped them.
  }

  @Override
  public boolean measured(WorkerId worker, int atVersion, int slice, Tally tally) {
    leases.evaluated(worker, atVersion, slice, tally);
    return true;
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
    isOpen = true;
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
    } else {
      isOpen = false;
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
    members
        .deadlines()
        .roundTook(log.endRound(version, evaluation.train(), evaluation.result(), best.best()));
    List<WorkerId> changed = leases.end();
    if (!changed.isEmpty()) {
      members.plan(version);
      leases.tellShares(changed);
    }
    version++;
    own.moveTo(version);
    begin();
  }

  @Override
  public void end() {
    isOpen = false;
    // While a round is under way, its version stands.
  }
}
