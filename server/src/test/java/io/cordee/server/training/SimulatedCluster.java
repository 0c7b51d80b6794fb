package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.rule.Optimizer;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.WorkerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A {@link Training} with made-up workers and no network: messages lie in queues, in order for each
 * worker and direction, and a seeded random choice says which is delivered next.
 */
final class SimulatedCluster implements Team, TrainingListener {

  private static final int CHUNK = 3;
  private static final int ROWS_PER_PARTITION = 2;
  private static final int TEST_ROWS = 9;

  private final class Worker {
    final WorkerId id;
    final Deque<Runnable> inbox = new ArrayDeque<>();

    /** What its compute threads are to do; it listens meanwhile. */
    final Deque<Runnable> computing = new ArrayDeque<>();

    final Deque<Runnable> outbox = new ArrayDeque<>();
    final Map<Integer, float[]> points = new HashMap<>();
    final Map<Integer, float[]> weights = new HashMap<>();

    Worker(WorkerId id) {
      this.id = id;
    }
  }

  final List<Measurement> measurements = new ArrayList<>();
  final List<String> expelled = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  final List<Integer> leased = new ArrayList<>();
  Optional<RuntimeException> breaksAtEnd = Optional.empty();
  String finalDigest = "";
  int finalVersion = -1;

  private final Random random;
  private final Job job;
  private final int parameters;
  private final Chunks chunks;
  private final ReductionTree tree;
  private final RoundBoard board;
  private final BufferPool buffers = new BufferPool();
  private final Training training;
  private final Map<WorkerId, Worker> workers = new LinkedHashMap<>();
  private int joined;
  private long now;

  SimulatedCluster(Job job, float[] initial, int minWorkers, long seed) {
    this.random = new Random(seed);
    this.job = job;
    this.parameters = initial.length;
    Optimizer optimizer = Optimizer.of(job.rule(), parameters);
    this.chunks = new Chunks(parameters, CHUNK, optimizer.width());
    this.tree = new ReductionTree(job.partitions());
    this.board = new RoundBoard(optimizer, chunks, tree, initial, buffers);
    this.training = new Training(job, board, this, this, () -> now += 1_000_000, minWorkers);
  }

  Training training() {
    return training;
  }

  WorkerId join() {
    WorkerId id = new WorkerId(++joined, "w" + joined);
    Worker worker = new Worker(id);
    workers.put(id, worker);
    training.joined(id, 1 + random.nextInt(3));
    return id;
  }

  void leave(WorkerId id) {
    workers.remove(id);
    training.left(id);
  }

  List<WorkerId> connected() {
    return List.copyOf(workers.keySet());
  }

  /** Delivers one message of those that wait; false if there is none. */
  boolean deliverOne() {
    List<Deque<Runnable>> waiting = new ArrayList<>();
    for (Worker worker : workers.values()) {
      if (!worker.inbox.isEmpty()) {
        waiting.add(worker.inbox);
      }
      if (!worker.computing.isEmpty()) {
        waiting.add(worker.computing);
      }
      if (!worker.outbox.isEmpty()) {
        waiting.add(worker.outbox);
      }
    }
    if (waiting.isEmpty()) {
      return false;
    }
    waiting.get(random.nextInt(waiting.size())).removeFirst().run();
    return true;
  }

  /** Runs to the end, for at most so many messages. */
  void run(int limit) {
    for (int i = 0; i < limit && !training.isOver(); i++) {
      if (!deliverOne()) {
        throw new AssertionError("nobody has anything to say, and the job is not over");
      }
    }
    if (!training.isOver()) {
      throw new AssertionError("the job is not over after " + limit + " messages");
    }
  }

  // ---- the made-up workers ----

  private void toWorker(WorkerId id, Runnable message) {
    Worker worker = workers.get(id);
    if (worker != null) {
      worker.inbox.addLast(message);
    }
  }

  private void toComputeThreads(WorkerId id, Consumer<Worker> task) {
    toWorker(
        id,
        () -> {
          Worker worker = workers.get(id);
          worker.computing.addLast(() -> task.accept(worker));
        });
  }

  @Override
  public void welcome(WorkerId id) {
    toWorker(
        id,
        () ->
            workers
                .get(id)
                .outbox
                .addLast(
                    () ->
                        training.foundData(
                            id,
                            new Training.DataFound(
                                (long) ROWS_PER_PARTITION * job.partitions(),
                                TEST_ROWS,
                                "portable"))));
  }

  @Override
  public void prepare(WorkerId id, int plan, BitSet partitions) {
    toWorker(id, () -> workers.get(id).outbox.addLast(() -> training.prepared(id, plan)));
  }

  @Override
  public void chunk(WorkerId id, int version, Kind kind, int chunk) {
    toWorker(
        id,
        () -> {
          Optional<float[]> vector =
              kind == Kind.EVALUATION_POINT
                  ? board.evaluationPoint(chunk, version)
                  : version == board.version() ? Optional.of(board.weights()) : Optional.empty();
          Worker worker = workers.get(id);
          vector.ifPresent(
              values -> {
                float[] own =
                    (kind == Kind.EVALUATION_POINT ? worker.points : worker.weights)
                        .computeIfAbsent(version, v -> nothing());
                System.arraycopy(
                    values, chunks.from(chunk), own, chunks.from(chunk), chunks.size(chunk));
              });
        });
  }

  private float[] nothing() {
    float[] nothing = new float[parameters];
    java.util.Arrays.fill(nothing, Float.NaN);
    return nothing;
  }

  @Override
  public void lease(WorkerId id, int version, BitSet partitions) {
    leased.add(version);
    toComputeThreads(id, worker -> compute(worker, version, partitions));
  }

  private void compute(Worker worker, int version, BitSet partitions) {
    float[] at = worker.points.get(version);
    TreeReduction<float[]> reduction =
        new TreeReduction<>(
            tree,
            (left, right) -> {
              Vectors.add(left, right, left.length);
              return left;
            },
            gone -> {});
    List<Integer> maximal = tree.maximalNodes(partitions);
    Set<Integer> asLeaves = new HashSet<>();
    for (int node : maximal) {
      if (random.nextInt(4) == 0) {
        // Now and then leaf by leaf: allowed, if wasteful.
        asLeaves.add(node);
      }
    }
    partitions.stream()
        .forEach(
            partition -> {
              float[] sums = madeUpSums(at, partition);
              int leaf = tree.leaf(partition);
              boolean isAlone =
                  asLeaves.stream().anyMatch(node -> ReductionTree.isSelfOrAncestor(node, leaf));
              if (isAlone) {
                send(worker, version, leaf, sums);
              } else {
                int node = reduction.offer(leaf, sums).orElseThrow();
                if (maximal.contains(node)) {
                  send(worker, version, node, reduction.take(node).orElseThrow());
                }
              }
            });
  }

  private void send(Worker worker, int version, int node, float[] sums) {
    int rows = ROWS_PER_PARTITION * tree.span(node).size();
    Tally tally = new Tally(rows, rows / (version + 1.0), rows, 0);
    int more = chunks.width() - 1;
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int c = chunk;
      int from = chunks.from(c);
      int size = chunks.size(c);
      worker.outbox.addLast(
          () -> {
            float[] part = buffers.take(chunks.contributionSize(c));
            System.arraycopy(sums, from, part, 0, size);
            System.arraycopy(sums, parameters + from * more, part, size, size * more);
            training.contributed(worker.id, new Contribution(version, node, c, tally, part));
          });
    }
  }

  /**
   * Something that depends on every weight and on the partition, and whose order of addition shows.
   */
  private float[] madeUpSums(float[] at, int partition) {
    float[] sums = new float[parameters * chunks.width()];
    Random noise = new Random(31L * partition);
    for (int i = 0; i < sums.length; i++) {
      float w = at[i % parameters];
      float scale = (float) Math.pow(10, noise.nextInt(4) - 2);
      sums[i] = i < parameters ? (w - 0.3f * i + (float) noise.nextGaussian()) * scale : 1 + scale;
    }
    return sums;
  }

  @Override
  public void evaluate(WorkerId id, int version, BitSet slices) {
    toComputeThreads(
        id,
        worker -> {
          float[] at =
              board.hasOwnEvaluationPoint()
                  ? worker.weights.get(version)
                  : worker.points.get(version);
          slices.stream()
              .forEach(
                  slice -> {
                    double loss = slice + (double) at[slice % parameters];
                    worker.outbox.addLast(
                        () ->
                            training.evaluated(
                                id, version, slice, new Tally(1, loss, version % 2, 0)));
                  });
        });
  }

  @Override
  public void finished(WorkerId id, Outcome outcome) {
    toWorker(id, () -> workers.get(id).outbox.addLast(() -> leave(id)));
  }

  @Override
  public void expel(WorkerId id, String reason) {
    expelled.add(reason);
    workers.remove(id);
  }

  // ---- what the training tells ----

  @Override
  public void warned(String warning) {
    warnings.add(warning);
  }

  @Override
  public void measured(Measurement measurement) {
    measurements.add(measurement);
  }

  @Override
  public Outcome ended(Outcome outcome, int version, String digest, float[] weights) {
    finalDigest = digest;
    finalVersion = version;
    if (breaksAtEnd.isPresent()) {
      throw breaksAtEnd.get();
    }
    return outcome;
  }
}
