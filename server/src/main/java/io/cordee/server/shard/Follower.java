package io.cordee.server.shard;

import io.cordee.common.reduce.Chunks;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.RoundShard;
import io.cordee.server.training.ShardOrders;
import io.cordee.server.training.ShardReports;
import io.cordee.server.training.Surroundings;
import io.cordee.server.training.Team;
import io.cordee.server.training.Training;
import io.cordee.server.training.TrainingEvents;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Synchronous training on a shard other than 0: a {@link RoundShard} that follows shard 0's orders.
 * Decides nothing.
 */
public final class Follower implements Training, TrainingEvents, ShardOrders {

  /** About a second. */
  static final int TICKS_TO_LEAVE = 20;

  private final RoundShard own;
  private final Team team;
  private final ShardReports lead;

  // Guarded by this monitor.
  private final Set<WorkerId> members = new LinkedHashSet<>();

  private Optional<Outcome> leaving = Optional.empty();
  private int ticksLeft;

  /** As shard 0 says; the same in every round. */
  private volatile long rowsOfRound;

  /** True if it has left the job, or the job it, so that nobody is told how that ends. */
  private boolean isGone;

  private volatile Optional<Outcome> outcome = Optional.empty();

  /**
   * @param board of this shard's own chunks
   * @param firstChunk the number of the first of them in the whole vector
   * @param all the chunks of the whole vector
   */
  public Follower(
      Surroundings around, RoundBoard board, ShardReports lead, int firstChunk, Chunks all) {
    this.own = new RoundShard(around, board, lead, Runnable::run, firstChunk, all);
    this.team = around.team();
    this.lead = lead;
  }

  // ---- from shard 0 ----

  /** This shard can take part: its chunks stand where the job begins. */
  public void begin() {
    own.begin();
  }

  @Override
  public void apply(
      int version, OptionalDouble norm, double meanLoss, double seconds, boolean isKept) {
    own.apply(version, norm, meanLoss, seconds, isKept);
  }

  @Override
  public void trainedOn(String rows) {
    own.trainedOn(rows);
  }

  @Override
  public void sendWeights(int version) {
    own.sendWeights(version);
  }

  @Override
  public void collect(int version) {
    own.collect(version);
  }

  /** The connection to shard 0 is lost; the job continues when it is back. */
  public synchronized void leadLost(String why) {
    if (outcome.isEmpty()) {
      isGone = true;
      outcome = Optional.of(new Outcome.Suspended(why));
    }
  }

  @Override
  public synchronized void finished(Outcome how) {
    own.finished(how);
    if (outcome.isEmpty()) {
      outcome = Optional.of(how);
      members.forEach(worker -> team.finished(worker, how));
    }
  }

  // ---- from the workers ----

  @Override
  public synchronized boolean isOver() {
    return outcome.isPresent() && (isGone || members.isEmpty());
  }

  @Override
  public Optional<Outcome> outcome() {
    return outcome;
  }

  @Override
  public void tell(Consumer<? super TrainingEvents> event) {
    event.accept(this);
  }

  @Override
  public synchronized void joined(WorkerId worker, int threads) {
    members.add(worker);
    team.welcome(worker);
    outcome.ifPresent(how -> team.finished(worker, how));
  }

  @Override
  public synchronized void permitted(WorkerId worker, long rows) {
    if (members.contains(worker) && outcome.isEmpty()) {
      rowsOfRound = rows;
      own.subscribe(worker);
    }
  }

  @Override
  public void contributed(WorkerId worker, List<Contribution> ofChunks) {
    if (outcome.isPresent() || !isMember(worker)) {
      own.drop(worker, ofChunks);
      return;
    }
    try {
      Contribution contribution = ofChunks.get(0);
      long rows = own.board().tree().rows(contribution.node(), rowsOfRound);
      contribution.tally().check(rows);
    } catch (IllegalArgumentException e) {
      own.drop(worker, ofChunks);
      team.expel(worker, "contribution refused: " + e.getMessage());
      return;
    }
    own.contributed(worker, ofChunks);
  }

  private synchronized boolean isMember(WorkerId worker) {
    return members.contains(worker);
  }

  @Override
  public void holds(WorkerId worker, OptionalInt version) {
    if (outcome.isEmpty() && isMember(worker)) {
      own.sendAgain(worker, version);
    }
  }

  @Override
  public void differs(WorkerId worker, int version, int chunk) {
    if (outcome.isPresent() || !isMember(worker)) {
      return;
    }
    if (own.isSubscribed(worker)) {
      own.repair(worker, version, chunk);
    } else {
      team.expel(worker, "it has not been sent any chunk of this shard that could differ");
    }
  }

  @Override
  public synchronized void left(WorkerId worker, String why) {
    members.remove(worker);
    own.forget(worker);
  }

  /**
   * Leaves, as if it had died: the job continues when this shard is back. If the whole team is
   * interrupted, shard 0 has a moment to collect the weights.
   */
  @Override
  public synchronized void interrupt(String why) {
    if (leaving.isEmpty()) {
      leaving = Optional.of(new Outcome.Interrupted(why));
      ticksLeft = TICKS_TO_LEAVE;
    }
  }

  @Override
  public synchronized void tick() {
    if (leaving.isPresent() && outcome.isEmpty() && --ticksLeft <= 0) {
      isGone = true;
      outcome = leaving;
    }
  }

  @Override
  public void broken(Throwable cause) {
    String message = Outcome.reason(cause);
    lead.failed(message);
    finished(new Outcome.Failed(message));
  }
}
