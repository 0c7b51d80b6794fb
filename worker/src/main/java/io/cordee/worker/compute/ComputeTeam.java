package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Sums;
import io.cordee.worker.compute.NodeSums.NodeSum;
import io.cordee.worker.function.FunctionException;
import io.cordee.worker.function.JobFunctions;
import io.cordee.worker.function.Measured;
import io.cordee.worker.link.Contribution;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.model.PerVersion;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compute threads of a worker. Each takes whole partitions, so that a partition's bits do not
 * depend on how many threads there are; sums are added along the tree as far as whole subtrees are
 * held, and sent. What is no longer wanted because others were faster is dropped before it is
 * computed or sent.
 *
 * <p>Memory: one network's scratch per thread, what local steps take, and the sums under way: at
 * most one per thread and per level of the tree.
 */
final class ComputeTeam implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ComputeTeam.class);

  /** How long {@link #close} waits for functions to be freed; the rest is freed later. */
  private static final long PATIENCE_MILLIS = 2_000;

  private final ExecutorService threads;
  private final ThreadLocal<GradientFunction> function;
  private final Optional<ThreadLocal<LocalDescent>> local;
  private final Layout layout;
  private final int outputs;
  private final NodeRounding rounding;
  private final ReductionTree tree;
  private final IntFunction<Optional<Holding>> held;
  private final ServerLink server;
  private final Consumer<Throwable> onFailure;
  private final NodeSums nodes;
  private final AtomicInteger wanted = new AtomicInteger();

  /** To be closed. */
  private final Collection<GradientFunction> made = new ConcurrentLinkedQueue<>();

  private final RepeatCheck repeats;

  /**
   * @param threads to compute on; shut down with this
   * @param functions makes one for each thread
   * @param local makes what takes local steps, one for each thread; empty if the job has none
   * @param outputs of the model
   * @param rounding of sums
   * @param held what the servers know that this worker holds at a version
   */
  ComputeTeam(
      ExecutorService threads,
      JobFunctions functions,
      Optional<Supplier<LocalDescent>> local,
      Layout layout,
      int outputs,
      NodeRounding rounding,
      ReductionTree tree,
      IntFunction<Optional<Holding>> held,
      ServerLink server,
      Consumer<Throwable> onFailure) {
    this.threads = threads;
    this.function = ThreadLocal.withInitial(() -> make(functions));
    this.local = local.map(ThreadLocal::withInitial);
    this.layout = layout;
    this.outputs = outputs;
    this.rounding = rounding;
    this.nodes = new NodeSums(rounding);
    this.repeats = new RepeatCheck(functions.isToCheck(), layout, nodes);
    this.tree = tree;
    this.held = held;
    this.server = server;
    this.onFailure = onFailure;
  }

  private GradientFunction make(JobFunctions functions) {
    GradientFunction function = functions.make().get();
    if (!functions.isNetwork()) {
      made.add(function);
    }
    return function;
  }

  private record Leased(
      int version, LeasedPartitions<NodeSum> partitions, IntFunction<RoundRows> rows) {}

  /**
   * Takes a lease: a contribution for each maximal subtree of the partitions.
   *
   * @return begins it, given the parameters
   */
  Consumer<Point> lease(int version, BitSet partitions, IntFunction<RoundRows> rows) {
    TreeReduction<NodeSum> reduction = new TreeReduction<>(tree, nodes, nodes::giveBack);
    Leased lease = new Leased(version, new LeasedPartitions<>(tree, reduction, partitions), rows);
    return point -> {
      IntConsumer task = partition -> run(version, () -> compute(lease, partition, point));
      if (!repeats.isDue()) {
        partitions.stream().forEach(task);
        return;
      }
      // Until the partitions are contributed, the round and its parameters stay.
      run(
          version,
          () -> {
            repeats.run(
                partitions,
                rows,
                (one, its) -> firstGradient(version, point, one, its),
                () -> isAbandonedAfterReading(version));
            partitions.stream().forEach(task);
          });
    };
  }

  private void compute(Leased lease, int partition, Point point) {
    RoundRows rows = lease.rows.apply(partition);
    NodeSum sum = partition(lease.version, point, partition, rows);
    send(lease.version, lease.partitions.finished(partition, sum));
  }

  private NodeSum partition(int version, Point point, int partition, RoundRows rows) {
    NodeSum sum =
        local.isPresent()
            ? descent(local.get().get(), version, point, partition, rows)
            : firstGradient(version, point, partition, rows);
    if (!isAbandonedAfterReading(version)) {
      DivergenceException.unlessFinite(
          version, "partition " + partition, layout, sum.tally(), sum.sums(), sum.part());
    }
    rounding.round(sum.sums());
    return sum;
  }

  /** Of the whole vector: tables take no local steps. */
  private NodeSum descent(
      LocalDescent steps, int version, Point point, int partition, RoundRows rows) {
    Sums sums = nodes.take(Optional.empty());
    BooleanSupplier isAbandoned = () -> isAbandonedAfterReading(version);
    Tally tally =
        steps.run(function.get(), version, partition, point.parameters(), rows, isAbandoned, sums);
    return new NodeSum(tally, sums, Optional.empty());
  }

  /** That of the first step: the only one, unless there are local steps. */
  private NodeSum firstGradient(int version, Point point, int partition, RoundRows rows) {
    Rows first = rows.step(0);
    Optional<Subvector> part =
        point.holding().part().isPresent() ? point.touched(first) : Optional.empty();
    Sums sums = nodes.take(part);
    String where = "round %d, partition %d".formatted(version + 1, partition);
    GradientFunction own = function.get();
    if (own instanceof PerVersion again) {
      again.expect(version);
    }
    Tally tally = Measured.gradient(own, where, point.parameters(part), first, sums);
    return new NodeSum(tally, sums, part);
  }

  /** As what is held now, which the servers have been told: it may be more than for the lease. */
  private void send(int version, Map<Integer, NodeSum> sums) {
    Optional<Holding> holding = held.apply(version);
    sums.forEach(
        (node, sum) -> {
          if (holding.isPresent() && !isAbandoned(version)) {
            Sums all = holding.get().part().map(sum::widened).orElse(sum.sums());
            server.contribute(
                new Contribution(
                    version, node, sum.tally(), all, rounding.uplink(), holding.get()));
          }
          nodes.giveBack(sum);
        });
  }

  /** Sends a tally for each slice of the test rows. */
  void evaluate(int version, Point point, BitSet slices, IntFunction<Rows> rows) {
    slices.stream()
        .forEach(
            slice ->
                run(
                    version,
                    () ->
                        server.evaluated(
                            version, slice, measure(point, slice, rows.apply(slice)))));
  }

  private Tally measure(Point point, int slice, Rows rows) {
    GradientFunction own = function.get();
    float[] parameters =
        point.parameters(
            point.holding().part().isPresent() ? point.touched(rows) : Optional.empty());
    return FunctionException.wrapping(
        "evaluated slice " + slice, () -> Measured.of(own, parameters, rows, outputs));
  }

  /**
   * Versions before this one are no longer wanted, and the parameters of earlier ones may be
   * overwritten from now on.
   */
  void abandonBefore(int version) {
    wanted.accumulateAndGet(version, Math::max);
    VarHandle.fullFence();
  }

  boolean isAbandoned(int version) {
    return version < wanted.get();
  }

  /** As above, after the parameters have been read: the fence keeps their reads before. */
  private boolean isAbandonedAfterReading(int version) {
    VarHandle.acquireFence();
    return isAbandoned(version);
  }

  /** Runs it on a compute thread, unless the version is abandoned first. */
  void run(int version, Runnable task) {
    threads.execute(
        () -> {
          try {
            if (!isAbandoned(version)) {
              task.run();
            }
          } catch (Throwable e) { // a function may throw what it does not declare
            // Threads that are shut down leave as they can.
            if (!threads.isShutdown()) {
              onFailure.accept(e);
            }
          }
        });
  }

  @Override
  public void close() {
    threads.shutdownNow();
    if (made.isEmpty()) {
      return;
    }
    Thread closer = new Thread(this::closeFunctions, "closing gradient functions");
    closer.setDaemon(true);
    closer.start();
    try {
      closer.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Once no thread computes: native memory must not be freed under one that does. */
  private void closeFunctions() {
    try {
      threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return; // nobody interrupts it
    }
    for (GradientFunction each : made) {
      try {
        each.close();
      } catch (Throwable e) {
        LOG.warn("a gradient function cannot be closed", e);
      }
    }
  }
}
