package io.cordee.server.shard;

import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.model.Layout;
import io.cordee.common.reduce.Chunks;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.RoundBoard.Placement;
import io.cordee.server.round.Vector;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Healings;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.RoundOrder;
import io.cordee.server.training.Team;
import io.cordee.server.training.Training;
import io.cordee.server.training.TrainingListener;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A shard's part in a job that shard 0 leads: it adds up and steps its own chunks when a round is
 * applied, and sends them to every worker that has subscribed. It decides nothing.
 */
public final class Follower implements Training {

  private final Job job;
  private final RoundBoard board;
  private final Cadence cadence;
  private final Team team;
  private final Lead lead;
  private final TrainingListener listener;

  /** How many chunks lie before this shard's own. */
  private final int firstChunk;

  private final int firstParameter;

  private final Set<WorkerId> members = new LinkedHashSet<>();
  private final Set<WorkerId> subscribers = new LinkedHashSet<>();
  private boolean isApplied;

  /** Of training, when the last round was applied. */
  private double seconds;

  private boolean areSquaresSaid;
  private boolean isStepSaid;
  private int sent;

  /** Of the weights that workers have been told to evaluate, where they are another vector. */
  private int evaluated = -1;

  private final Healings healings = new Healings();
  private Optional<Outcome> outcome = Optional.empty();

  /**
   * @param board of this shard's own chunks
   * @param firstChunk the number of the first of them in the whole vector
   * @param all the chunks of the whole vector
   */
  public Follower(
      Job job,
      RoundBoard board,
      Team team,
      Lead lead,
      TrainingListener listener,
      int firstChunk,
      Chunks all) {
    this.job = job;
    this.board = board;
    this.cadence = Cadence.of(job);
    this.team = team;
    this.lead = lead;
    this.listener = listener;
    this.firstChunk = firstChunk;
    this.firstParameter = all.from(firstChunk);
    board.hold();
  }

  // ---- what shard 0 says ----

  /** This shard can take part: its chunks stand where the job goes on. */
  public void begin() {
    lead.stepped(board.version(), board.checksums());
  }

  /** A round is applied. */
  public void apply(RoundOrder order) {
    step(takeApply(order));
  }

  private synchronized List<Integer> takeApply(RoundOrder order) {
    int version = order.version();
    isAt(version);
    if (version != board.version() || isApplied) {
      lead.failed(
          "round "
              + (version + 1)
              + " is applied, but its chunks stand at version "
              + board.version());
      return List.of();
    }
    isApplied = true;
    seconds = order.seconds();
    if (order.isKept()) {
      board.keep(new RoundMark(version + 1, order.meanLoss(), seconds));
    }
    board.release(order.norm().orElse(0));
    return proceed();
  }

  /** The workers are to evaluate the weights at this version, which are another vector. */
  public synchronized void sendWeights(int version) {
    isAt(version);
    evaluated = version;
    subscribers.forEach(this::sendWeights);
  }

  private void sendWeights(WorkerId worker) {
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      team.chunk(worker, evaluated, Vector.WEIGHTS, chunk);
    }
  }

  /** The weights at this version are wanted. */
  public synchronized void collect(int version) {
    isAt(version);
    if (version != board.version()) {
      lead.failed(
          "weights at version "
              + version
              + " are wanted, but its chunks stand at version "
              + board.version());
      return;
    }
    float[] weights = board.weights(version);
    long[] checksums =
        version == board.version() && sent == 0 && !isApplied
            ? board.checksums()
            : new long[board.chunks().count()];
    for (int c = 0; c < board.chunks().count(); c++) {
      Chunks own = board.chunks();
      lead.weights(version, firstChunk + c, weights, own.from(c), own.size(c), checksums[c]);
    }
  }

  /** Shard 0 is gone; the job goes on when it is back. */
  public synchronized void leadLost(String why) {
    if (outcome.isEmpty()) {
      outcome = Optional.of(new Outcome.Suspended(why));
    }
  }

  /** The job is over. */
  public synchronized void finished(Outcome how) {
    if (outcome.isEmpty()) {
      outcome = Optional.of(how);
      members.forEach(worker -> team.finished(worker, how));
    }
  }

  // ---- what workers say ----

  @Override
  public synchronized boolean isOver() {
    return outcome.isPresent() && (outcome.get() instanceof Outcome.Suspended || members.isEmpty());
  }

  @Override
  public synchronized Optional<Outcome> outcome() {
    return outcome;
  }

  @Override
  public synchronized void joined(WorkerId worker, int threads) {
    members.add(worker);
    team.welcome(worker);
    outcome.ifPresent(how -> team.finished(worker, how));
  }

  @Override
  public synchronized void subscribed(WorkerId worker) {
    if (!members.contains(worker) || outcome.isPresent() || !subscribers.add(worker)) {
      return;
    }
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      if (job.sendsSigns()) {
        team.state(worker, chunk);
      } else {
        sendFloats(worker, board.version(), chunk);
      }
    }
    if (!job.sendsSigns()) {
      board.steppedChunks().forEach(chunk -> sendFloats(worker, board.version() + 1, chunk));
    }
    if (evaluated == board.version()) {
      sendWeights(worker);
    }
  }

  private void sendFloats(WorkerId worker, int version, int chunk) {
    team.chunk(worker, version, Vector.EVALUATION_POINT, chunk);
  }

  @Override
  public void contributed(WorkerId worker, Contribution contribution) {
    Placement placement;
    try {
      if (!isAwaited(worker, contribution)) {
        listener.dropped(worker);
        board.drop(contribution);
        return;
      }
      placement = board.offer(contribution);
    } catch (IllegalArgumentException e) {
      board.drop(contribution);
      team.expel(worker, "contribution refused: " + e.getMessage());
      return;
    }
    if (placement == Placement.DUPLICATE) {
      listener.dropped(worker);
    }
    if (placement == Placement.REDUCED && isFinite()) {
      step(proceed());
    }
  }

  private synchronized boolean isAwaited(WorkerId worker, Contribution contribution) {
    if (!members.contains(worker) || outcome.isPresent()) {
      return false;
    }
    if (!subscribers.contains(worker)) {
      throw new IllegalArgumentException("it has not subscribed to the chunks of this shard");
    }
    Tally tally = contribution.tally();
    // How many rows there are is known to shard 0, which takes the same tally.
    tally.check(Math.max(0, tally.rows()));
    isAt(contribution.version());
    return true;
  }

  private boolean isFinite() {
    OptionalInt parameter = board.notFinite();
    if (parameter.isPresent()) {
      lead.failed(
          String.format(
              "round %d: the sum over all partitions is not finite in %s, parameter %d; a smaller learning rate or step may help",
              board.version() + 1,
              Layout.of(job.model()).tensorAt(firstParameter + parameter.getAsInt()).name(),
              firstParameter + parameter.getAsInt()));
    }
    return parameter.isEmpty();
  }

  private void step(List<Integer> claimed) {
    for (List<Integer> chunks = claimed; !chunks.isEmpty(); ) {
      board.step(chunks);
      chunks = stepped(chunks);
    }
  }

  private synchronized List<Integer> stepped(List<Integer> chunks) {
    for (WorkerId worker : subscribers) {
      for (int chunk : chunks) {
        if (job.sendsSigns()) {
          team.signs(worker, chunk);
        } else {
          sendFloats(worker, board.version() + 1, chunk);
        }
      }
    }
    sent += chunks.size();
    return proceed();
  }

  private synchronized List<Integer> proceed() {
    if (board.needsNorm() && board.isReduced() && !areSquaresSaid) {
      areSquaresSaid = true;
      lead.squares(board.version(), board.squares());
    }
    List<Integer> claimed = isApplied ? board.claim() : List.of();
    // Another thread may have brought the last chunk here already, and this one come late.
    if (isDone() && !isStepSaid) {
      isStepSaid = true;
      int next = board.version() + 1;
      lead.stepped(next, cadence.isDigestDue(next) ? board.checksums() : new long[0]);
    }
    return claimed;
  }

  private boolean isDone() {
    return isApplied && sent == board.chunks().count();
  }

  /**
   * Whoever speaks of this version knows that the round before is over everywhere. Until somebody
   * does, its version is kept: another shard, or the evaluation, may not be done, and a newcomer be
   * asked for a part of it.
   */
  private synchronized void isAt(int version) {
    if (isDone() && version == board.version() + 1) {
      board.advance(seconds);
      board.hold();
      isApplied = false;
      areSquaresSaid = false;
      isStepSaid = false;
      sent = 0;
    }
  }

  @Override
  public synchronized void differs(WorkerId worker, int version, int chunk) {
    if (!members.contains(worker) || outcome.isPresent()) {
      return;
    }
    boolean isThere = chunk >= 0 && chunk < board.chunks().count();
    if (!isThere || !job.sendsSigns() || !subscribers.contains(worker)) {
      team.expel(worker, "there is no replica of a chunk " + chunk + " here that could differ");
      return;
    }
    if (version < 0 || version > board.version() + 1) {
      team.expel(worker, "no chunk has been at version " + version);
      return;
    }
    if (!healings.canHelp(worker, chunk, version)) {
      team.expel(worker, Healings.again(firstChunk + chunk, version));
      return;
    }
    listener.healed(worker);
    listener.warned(healings.add(worker, firstChunk + chunk, version));
    team.state(worker, chunk);
  }

  @Override
  public synchronized void left(WorkerId worker) {
    members.remove(worker);
    subscribers.remove(worker);
    healings.forget(worker);
  }

  @Override
  public void foundData(WorkerId worker, DataFound found) {
    notHere(worker);
  }

  @Override
  public void prepared(WorkerId worker, int plan) {
    notHere(worker);
  }

  @Override
  public void evaluated(WorkerId worker, int version, int slice, Tally tally) {
    notHere(worker);
  }

  @Override
  public void failed(WorkerId worker, String message) {
    notHere(worker);
  }

  private void notHere(WorkerId worker) {
    team.expel(worker, "this shard keeps no membership and no leases; that is for shard 0");
  }

  @Override
  public synchronized void interrupt(String why) {
    // Shard 0 wants the weights before it ends the job.
    lead.failed(why);
  }

  @Override
  public synchronized void broken(Throwable cause) {
    String message = Outcome.reason(cause);
    lead.failed(message);
    finished(new Outcome.Failed(message));
  }
}
