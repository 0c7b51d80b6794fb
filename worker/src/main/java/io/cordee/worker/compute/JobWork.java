package io.cordee.worker.compute;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.Rows;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.function.JobFunctions;
import io.cordee.worker.link.ChunkSink;
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
 * What a worker holds for its job: rows, vectors and compute threads. Tasks come from the worker's
 * own thread, chunks from the threads of its connections.
 */
public final class JobWork implements ChunkSink, AutoCloseable {

  private record Waiting(int version, Supplier<Optional<Point>> vector, Consumer<Point> task) {
    boolean begin() {
      Optional<Point> at = vector.get();
      at.ifPresent(task);
      return at.isPresent();
    }
  }

  /** Floats of a packed row, at least. */
  private static final int PACKED = 32;

  private final Job job;
  private final JobVector vector;
  private final HeldRows rows;
  private final JobFunctions functions;
  private final HeldPart held;
  private final ComputeTeam team;
  private final boolean areWeightsSent;

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
    vector = JobVector.of(job);
    Optimizer optimizer = vector.optimizer();
    int width = optimizer.width();
    // More rows than the largest partition has would waste memory.
    int microBatch = Math.min(Network.MICRO_BATCH, rows.largestPart());
    this.functions = JobFunctions.of(job, providers, rows.folder(), microBatch, width);
    this.rows = rows;
    this.areWeightsSent = optimizer.hasOwnEvaluationPoint();
    this.held = new HeldPart(job, rows, server);
    this.team =
        new ComputeTeam(
            threads,
            functions,
            job.local()
                .map(local -> () -> new LocalDescent(local, vector.layout(), job.model().seed())),
            vector.layout(),
            job.model().outputs(),
            new NodeRounding(job.wire().uplink(), vector.chunks()),
            new ReductionTree(job.partitions()),
            held::announced,
            server,
            onFailure);
  }

  /** About how many bytes its vectors take: two versions, slots, and sums of threads. */
  public long bytes(int threads) {
    long vectors =
        2 + vector.optimizer().slots().size() + 2L * threads * vector.optimizer().width();
    // Beside its sums, each thread has a packed copy of a partition's rows, and of their gradient.
    long table = job.model().table().map(it -> (long) Math.max(PACKED, it.width())).orElse(0L);
    return Float.BYTES * (vectors * held.head() + 4L * threads * table * rows.mostTouched());
  }

  /** What decides the bits of its gradients, in a few words. */
  public String arithmetic() {
    return functions.arithmetic();
  }

  /** True if gradients are those of the built-in network. */
  public boolean isNetwork() {
    return functions.isNetwork();
  }

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

  /**
   * Takes a chunk, from any thread, and starts what waited for it. It may overwrite that of two
   * versions before, which is no longer wanted.
   */
  @Override
  public void put(Chunk chunk) {
    if (held.isCurrent(chunk)) {
      team.abandonBefore(chunk.version() - 1);
      if (held.put(chunk)) {
        begin();
      }
    }
  }

  /** Loads the rows of these partitions, and says what they touch. */
  public void hold(BitSet partitions) {
    held.prepare(partitions, rows.hold(partitions));
  }

  /** Starts as soon as the vector is complete. Drops what is left of earlier versions. */
  public void compute(int version, BitSet partitions) {
    team.abandonBefore(version);
    IntFunction<RoundRows> batches = held.batches(version, partitions);
    held.cover(version, partitions);
    await(version, () -> held.evaluationPoint(version), team.lease(version, partitions, batches));
    held.expect(version + 1);
  }

  /** Starts as soon as the weights are complete. */
  public void evaluate(int version, BitSet wanted) {
    team.abandonBefore(version);
    IntFunction<Rows> slices = rows.slices(wanted);
    held.coverSlices(version, wanted);
    await(
        version,
        () -> areWeightsSent ? held.weights(version) : held.evaluationPoint(version),
        at -> team.evaluate(version, at, wanted, slices));
  }

  private void await(int version, Supplier<Optional<Point>> vector, Consumer<Point> task) {
    synchronized (waiting) {
      waiting.add(new Waiting(version, vector, task));
    }
    begin();
  }

  private void begin() {
    synchronized (waiting) {
      waiting.removeIf(task -> team.isAbandoned(task.version()) || task.begin());
    }
  }

  @Override
  public void close() {
    team.close();
  }
}
