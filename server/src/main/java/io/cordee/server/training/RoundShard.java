package io.cordee.server.training;

import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.RoundBoard.Placement;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A shard's chunks: reduces contributions, steps chunks once the round is applied, or by each
 * contribution, and sends them to its subscribers. The same on every shard: takes orders from the
 * coordinator, on shard 0, and reports to it.
 *
 * <p>Any thread may call. Chunks are reduced and stepped by the calling thread, in parallel, with
 * no lock but a chunk's own; everything else takes this shard's monitor, briefly. It reports
 * without it.
 */
public final class RoundShard implements ShardOrders {

  private final Job job;
  private final RoundBoard board;
  private final Cadence cadence;
  private final Team team;
  private final ShardReports lead;
  private final Consumer<Runnable> afterwards;
  private final RoundListener rounds;
  private final LongSupplier nanoTime;
  private final int firstChunk;
  private final int firstParameter;

  // Guarded by this shard's monitor.
  private final Replicas replicas;

  /** Chunks of this round that were stepped and sent. */
  private int sent;

  private boolean isMeasured;
  private boolean isSquared;
  private boolean isReported;

  private boolean isStopped;

  /**
   * @param board of this shard's own chunks
   * @param afterwards runs a task once the order that led to it has been dealt with
   * @param firstChunk the number of the first of them in the whole vector
   * @param all the chunks of the whole vector
   */
  public RoundShard(
      Surroundings around,
      RoundBoard board,
      ShardReports lead,
      Consumer<Runnable> afterwards,
      int firstChunk,
      Chunks all) {
    this.job = around.job();
    this.board = board;
    this.cadence = Cadence.of(job);
    this.team = around.team();
    this.lead = lead;
    this.afterwards = afterwards;
    this.rounds = around.rounds();
    this.nanoTime = around.nanoTime();
    this.firstChunk = firstChunk;
    this.firstParameter = all.from(firstChunk);
    this.replicas = new Replicas(around, board, firstChunk);
  }

  public RoundBoard board() {
    return board;
  }

  // ---- what the coordinator orders ----

  /** Takes part from now on: the chunks stand where the job begins. */
  public void begin() {
    lead.stepped(board.version(), board.checksums());
  }

  /** Applies the round if it is the one that this shard collects. */
  @Override
  public void apply(
      int version, OptionalDouble norm, double meanLoss, double seconds, boolean isKept) {
    boolean isCollected;
    synchronized (this) {
      moveTo(version);
      isCollected = version == board.version() && !board.isApplied();
      if (isCollected) {
        if (isKept) {
          board.keep(new RoundMark(version + 1, meanLoss, seconds));
        }
        board.apply(norm.orElse(0));
      }
    }
    if (isCollected) {
      afterwards.accept(this::proceed);
    } else {
      failNotAt(version, "apply");
    }
  }

  @Override
  public void trainedOn(String rows) {
    board.trainedOn(rows);
  }

  @Override
  public synchronized void sendWeights(int version) {
    moveTo(version);
    replicas.sendWeights(version);
  }

  @Override
  public void collect(int version) {
    moveTo(version);
    if (version != board.version()) {
      failNotAt(version, "collect");
      return;
    }
    lead.weights(version, firstChunk, board.collect(version));
  }

  private void failNotAt(int version, String what) {
    fail(
        "cannot %s version %d: its chunks are at version %d"
            .formatted(what, version, board.version()));
  }

  private void fail(String message) {
    lead.failed(message);
  }

  /**
   * Moves on to this version if every chunk is there. The caller knows that the previous round is
   * over everywhere; until then its version is kept, as another shard or the evaluation may not be
   * done, and a new worker may be asked for part of it.
   */
  public synchronized void moveTo(int version) {
    if (isSent() && version == board.version() + 1) {
      board.advance();
      isMeasured = false;
      isSquared = false;
      isReported = false;
      sent = 0;
    }
  }

  @Override
  public void finished(Outcome how) {
    stop();
  }

  /** Steps no further chunks: the job is over. */
  public synchronized void stop() {
    isStopped = true;
  }

  // ---- what workers say ----

  /** Sends the worker every chunk, and from now on each one that is stepped. */
  public synchronized void subscribe(WorkerId worker) {
    replicas.subscribe(worker);
  }

  public synchronized boolean isSubscribed(WorkerId worker) {
    return replicas.has(worker);
  }

  public synchronized void unsubscribe(WorkerId worker) {
    replicas.unsubscribe(worker);
  }

  public synchronized void retain(Collection<WorkerId> workers) {
    replicas.retain(workers);
  }

  public synchronized void forget(WorkerId worker) {
    replicas.forget(worker);
  }

  /** Takes a contribution to some chunks, and steps whatever may be stepped with it. */
  public void contributed(WorkerId worker, List<Contribution> ofChunks) {
    moveTo(ofChunks.get(0).version());
    boolean isReduced = false;
    for (Contribution contribution : ofChunks) {
      Placement placement;
      try {
        reportIfNotFinite(worker, contribution);
        long begin = nanoTime.getAsLong();
        placement = board.offer(contribution);
        rounds.reduced(nanoTime.getAsLong() - begin);
      } catch (IllegalArgumentException e) {
        board.drop(contribution);
        team.expel(worker, "contribution refused: " + e.getMessage());
        continue;
      }
      isReduced |= placement == Placement.REDUCED;
      if (placement == Placement.DUPLICATE) {
        rounds.dropped(worker);
      }
    }
    if (isReduced) {
      reduced();
    }
  }

  /** The sum of all would not tell whose it was. */
  private void reportIfNotFinite(WorkerId worker, Contribution contribution) {
    int version = contribution.version();
    if (version == board.version()) {
      OptionalInt parameter = board.notFinite(contribution);
      ReductionTree.Span span = board.tree().span(contribution.node());
      if (!Double.isFinite(contribution.tally().lossSum())) {
        fail(NotFinite.loss(version, span, worker));
      } else if (parameter.isPresent()) {
        int at = firstParameter + parameter.getAsInt();
        fail(NotFinite.sum(version, span, worker, job, at));
      }
    }
  }

  /**
   * Steps chunks by contributions, each of them by itself, on this thread.
   *
   * @param batchRows of the whole round
   */
  void step(WorkerId worker, List<Contribution> parts, long batchRows) {
    for (Contribution part : parts) {
      OptionalInt parameter = board.step(part, batchRows);
      if (parameter.isPresent()) {
        ReductionTree.Span span = board.tree().span(part.node());
        int at = firstParameter + parameter.getAsInt();
        fail(NotFinite.sum(part.version(), span, worker, job, at));
      }
    }
  }

  /** A contribution was refused or came too late. */
  public void drop(WorkerId worker, List<Contribution> ofChunks) {
    ofChunks.forEach(
        each -> {
          rounds.dropped(worker);
          board.drop(each);
        });
  }

  private void reduced() {
    OptionalInt parameter = board.notFinite();
    if (parameter.isEmpty()) {
      proceed();
      return;
    }
    fail(NotFinite.sum(board.version(), job, firstParameter + parameter.getAsInt()));
  }

  /** Sends chunks again to a worker that holds other rows of them than before. */
  public synchronized void sendAgain(WorkerId worker, OptionalInt version) {
    replicas.sendAgain(worker, version);
  }

  /** Sends a worker the state of a chunk of which its replica differs. */
  public synchronized void repair(WorkerId worker, int version, int chunk) {
    replicas.repair(worker, version, chunk);
  }

  // ---- steps ----

  /** Steps the chunks that may be stepped, until there are no more, and reports. */
  private void proceed() {
    for (List<Integer> chunks = next(); !chunks.isEmpty(); chunks = next()) {
      rounds.stepping(board, chunks);
      long begin = nanoTime.getAsLong();
      board.step(chunks);
      rounds.stepped(board, chunks, nanoTime.getAsLong() - begin);
      send(chunks);
    }
  }

  private List<Integer> next() {
    List<Runnable> reports = new ArrayList<>();
    List<Integer> claimed;
    synchronized (this) {
      int version = board.version();
      if (!isMeasured && board.measured().isPresent()) {
        isMeasured = true;
        Tally measured = board.measured().get();
        reports.add(() -> lead.measured(measured));
      }
      if (!isSquared && board.needsNorm() && board.isReduced() && board.notFinite().isEmpty()) {
        isSquared = true;
        reports.add(() -> lead.squares(version, board.squares()));
      }
      if (!isReported && isSent()) {
        isReported = true;
        reports.add(() -> lead.stepped(version + 1, checksumsIfDue(version + 1)));
      }
      claimed = isStopped ? List.of() : board.claim();
    }
    // The coordinator may apply the round upon a report; proceed() then runs once more, afterwards.
    reports.forEach(Runnable::run);
    return claimed;
  }

  /** Nobody moves on before they are reported. */
  private long[] checksumsIfDue(int version) {
    return cadence.isDigestDue(version) ? board.checksums() : new long[0];
  }

  private synchronized boolean isSent() {
    return sent == board.chunks().count();
  }

  private synchronized void send(List<Integer> stepped) {
    replicas.send(stepped);
    sent += stepped.size();
  }
}
