package io.cordee.worker.compute;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.function.Rows;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.function.JobFunctions;
import io.cordee.worker.link.ChunkSink;
import io.cordee.worker.link.InvalidMessageException;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.model.Network;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Holds what a worker needs for its job: rows, vectors and compute threads. Tasks come from the
 * worker's own thread, chunks from the threads of its connections.
 */
public final class JobWork implements ChunkSink, AutoCloseable {

  private record Waiting(int version, Supplier<Optional<Point>> point, Consumer<Point> task) {
    boolean begin() {
      Optional<Point> at = point.get();
      at.ifPresent(task);
      return at.isPresent();
    }
  }

  /** Floats of a packed row, at least. */
  private static final int PACKED = 32;

  private final Job job;
  private final JobVector shape;
  private final HeldRows rows;
  private final JobFunctions functions;
  private final WorkerVector vector;
  private final ComputeThreads threads;
  private final ComputeTeam team;

  private final List<Waiting> waiting = new ArrayList<>();

  /**
   * @param providers of gradient functions that are no networks
   * @param threads what partitions are computed on; shut down with this
   * @param onFailure called with what goes wrong on a compute thread
   */
  public JobWork(
      Job job,
      HeldRows rows,
      FunctionProviders providers,
      ExecutorService threads,
      ServerLink server,
      Consumer<Throwable> onFailure) {
    this.job = job;
    this.rows = rows;
    shape = JobVector.of(job);
    // More rows than the largest partition has would waste memory.
    int microBatch = Math.min(Network.MICRO_BATCH, rows.largestPart());
    functions =
        JobFunctions.of(job, providers, rows.folder(), microBatch, shape.optimizer().width());
    vector = WorkerVector.of(job, rows, server);
    this.threads = new ComputeThreads(threads, functions, onFailure);
    team =
        new ComputeTeam(
            this.threads,
            GradientShape.of(job, shape),
            job.local()
                .map(local -> () -> new LocalDescent(local, shape.layout(), job.model().seed())),
            functions.isToCheck(),
            new ResultSender(server, vector::announced, job.compression().gradients()));
  }

  /** Daemon threads to compute on. */
  public static ExecutorService threads(int count) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newFixedThreadPool(
        count,
        task -> {
          Thread thread = new Thread(task, "compute-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** About how many bytes its vectors take: two versions, slots, and sums of threads. */
  public long bytes(int count) {
    long vectors = 2 + shape.optimizer().slots().size() + 2L * count * shape.optimizer().width();
    // Beside its sums, each thread has a packed copy of a partition's rows, and of their gradient.
    long table = job.model().table().map(it -> (long) Math.max(PACKED, it.width())).orElse(0L);
    return Float.BYTES * (vectors * vector.head() + 4L * count * table * rows.mostTouched());
  }

  /** Names, in a few words, what decides the bits of its gradients. */
  public String arithmetic() {
    return functions.arithmetic();
  }

  /** True if gradients are those of the built-in network. */
  public boolean isNetwork() {
    return functions.isNetwork();
  }

  /**
   * Takes a chunk, from any thread, and starts what waited for it. Two versions are kept: the chunk
   * overwrites that of two versions before, for which nothing is computed any more.
   */
  @Override
  public void put(Chunk chunk) {
    if (vector.isCurrent(chunk)) {
      threads.abandonBefore(chunk.version() - 1);
      if (put(vector, chunk)) {
        startReady();
      }
    }
  }

  private static boolean put(WorkerVector vector, Chunk chunk) {
    try {
      return vector.put(chunk);
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("an invalid chunk: " + e.getMessage());
    }
  }

  /** Loads the rows of these partitions, and says what they touch. */
  public void hold(BitSet partitions) {
    vector.prepare(partitions, rows.hold(partitions));
  }

  /** Starts as soon as the vector is complete. Drops what is left of earlier versions. */
  public void compute(int version, BitSet partitions) {
    threads.abandonBefore(version);
    IntFunction<RoundRows> leased = vector.lease(version, partitions);
    startWhenComplete(
        version, () -> vector.lookaheadPoint(version), team.lease(version, partitions, leased));
    vector.expect(version + 1);
  }

  /** Starts as soon as the weights are complete. */
  public void evaluate(int version, BitSet wanted) {
    threads.abandonBefore(version);
    IntFunction<Rows> slices = vector.slices(version, wanted);
    boolean areWeightsSent = shape.optimizer().hasLookahead();
    startWhenComplete(
        version,
        () -> areWeightsSent ? vector.weights(version) : vector.lookaheadPoint(version),
        at -> team.evaluate(version, at, wanted, slices));
  }

  private void startWhenComplete(
      int version, Supplier<Optional<Point>> point, Consumer<Point> task) {
    synchronized (waiting) {
      waiting.add(new Waiting(version, point, task));
    }
    startReady();
  }

  private void startReady() {
    synchronized (waiting) {
      waiting.removeIf(task -> threads.isAbandoned(task.version()) || task.begin());
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
