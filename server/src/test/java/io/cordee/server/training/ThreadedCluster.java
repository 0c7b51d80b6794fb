package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.Boards;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.Vector;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A {@link Training} driven by many threads: each made-up worker listens on its own, and several
 * others deliver what they send, in any order.
 */
final class ThreadedCluster extends FakeTeam implements TrainingListener, AutoCloseable {

  private static final int DELIVERING = 6;

  private static final class Worker {
    final WorkerId id;
    final ExecutorService inbox = Executors.newSingleThreadExecutor();

    /** By version; only touched by the inbox's thread. */
    final Map<Integer, float[]> points = new HashMap<>();

    Worker(WorkerId id) {
      this.id = id;
    }
  }

  private final Chunks chunks;
  private final ReductionTree tree;
  private final MadeUpWork work;
  private final RoundBoard board;
  private final BufferPool buffers = new BufferPool();
  private final Training training;
  private final Map<WorkerId, Worker> workers = new ConcurrentHashMap<>();
  private final ExecutorService delivering = Executors.newFixedThreadPool(DELIVERING);
  private final AtomicInteger joined = new AtomicInteger();
  private final CompletableFuture<String> digest = new CompletableFuture<>();
  private final Consumer<ThreadedCluster> onMeasured;

  /** {@code onMeasured} runs on a delivering thread after each round. */
  ThreadedCluster(Job job, int minWorkers, Consumer<ThreadedCluster> onMeasured) {
    float[] initial = SimulatedJob.initial(job);
    Optimizer optimizer = Optimizer.of(job.optimizer(), initial.length);
    this.chunks = new Chunks(initial.length, SimulatedCluster.CHUNK, optimizer.width());
    this.tree = new ReductionTree(job.partitions());
    this.work = new MadeUpWork(chunks, tree);
    this.onMeasured = onMeasured;
    Surroundings around = new Surroundings(job, this, this, System::nanoTime);
    this.board = Boards.fresh(optimizer, chunks, tree, initial, buffers, Cadence.of(job));
    this.training =
        new LeadTraining(
            around, board, minWorkers, List.of(), new LeadTraining.Whole(board.chunks(), 1));
  }

  CompletableFuture<String> digest() {
    return digest;
  }

  synchronized void join() {
    int number = joined.incrementAndGet();
    WorkerId id = new WorkerId(number, "w" + number);
    workers.put(id, new Worker(id));
    training.tell(to -> to.joined(id, 1));
  }

  synchronized void leaveFirst() {
    workers.keySet().stream()
        .min((a, b) -> Integer.compare(a.number(), b.number()))
        .ifPresent(this::leave);
  }

  private synchronized void leave(WorkerId id) {
    Worker worker = workers.remove(id);
    if (worker != null) {
      training.tell(to -> to.left(id, "gone"));
      worker.inbox.shutdown();
    }
  }

  private void deliver(Runnable message) {
    delivering.execute(() -> watched(message));
  }

  private void toWorker(WorkerId id, Consumer<Worker> message) {
    Worker worker = workers.get(id);
    if (worker == null) {
      return;
    }
    try {
      worker.inbox.execute(() -> watched(() -> message.accept(worker)));
    } catch (RejectedExecutionException e) {
      // It has just left, and receives nothing more.
    }
  }

  private void watched(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      digest.completeExceptionally(e);
    }
  }

  @Override
  public void welcome(WorkerId id) {
    deliver(() -> training.tell(to -> to.found(id, work.found())));
  }

  @Override
  public void prepare(WorkerId id, int plan, BitSet partitions) {
    deliver(() -> training.tell(to -> to.prepared(id, plan)));
  }

  @Override
  public void chunk(WorkerId id, int version, Vector vector, int chunk) {
    if (vector == Vector.WEIGHTS) {
      return;
    }
    toWorker(
        id,
        worker -> {
          float[] own = worker.points.computeIfAbsent(version, v -> nothing());
          worker.points.keySet().removeIf(v -> v < version - 1);
          board.show(
              vector,
              chunk,
              version,
              values -> System.arraycopy(values, 0, own, chunks.from(chunk), chunks.size(chunk)));
        });
  }

  private float[] nothing() {
    float[] nothing = new float[chunks.parameters()];
    Arrays.fill(nothing, Float.NaN);
    return nothing;
  }

  @Override
  public void lease(WorkerId id, int version, BitSet partitions) {
    toWorker(
        id,
        worker -> {
          float[] at = worker.points.get(version);
          if (at != null && isComplete(at)) {
            partitions.stream().forEach(p -> compute(worker, version, at, p));
          } else if (board.version() <= version) {
            throw new AssertionError(
                id + " has a lease of version " + version + " and not all of its chunks");
          }
        });
  }

  private static boolean isComplete(float[] vector) {
    for (float value : vector) {
      if (Float.isNaN(value)) {
        return false;
      }
    }
    return true;
  }

  private void compute(Worker worker, int version, float[] at, int partition) {
    float[] sums = work.sums(at, partition);
    int leaf = tree.leaf(partition);
    List<Integer> order = new ArrayList<>();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      order.add(chunk);
    }
    Collections.shuffle(order, new Random(partition));
    for (int chunk : order) {
      deliver(
          () -> {
            float[] part = buffers.take(chunks.contributionSize(chunk));
            work.copyPart(sums, chunk, part);
            training.contributed(
                worker.id,
                new DenseContribution(version, leaf, chunk, work.tally(version, leaf), part));
          });
    }
  }

  @Override
  public void evaluate(WorkerId id, int version, BitSet slices) {
    slices.stream()
        .forEach(
            slice ->
                deliver(
                    () ->
                        training.tell(to -> to.evaluated(id, version, slice, work.slice(slice)))));
  }

  @Override
  public void finished(WorkerId id, Outcome outcome) {
    deliver(() -> leave(id));
  }

  @Override
  public void expel(WorkerId id, String reason) {
    digest.completeExceptionally(new AssertionError(id + " was expelled: " + reason));
  }

  @Override
  public void measured(Measurement measurement) {
    deliver(() -> onMeasured.accept(this));
  }

  @Override
  public Outcome ended(
      Outcome outcome, int version, String finalDigest, Optional<List<float[]>> weights) {
    if (outcome instanceof Outcome.Completed) {
      digest.complete(finalDigest);
    } else {
      digest.completeExceptionally(new AssertionError(outcome));
    }
    return outcome;
  }

  @Override
  public void close() {
    delivering.shutdownNow();
    workers.values().forEach(worker -> worker.inbox.shutdownNow());
  }
}
