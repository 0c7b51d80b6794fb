package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.model.Layout;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.model.Network;
import io.cordee.worker.model.Rows;
import io.cordee.worker.model.Sums;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The compute threads of a worker. Each takes whole partitions, so that a partition's bits do not
 * depend on how many threads there are; sums are added along the tree as far as whole subtrees are
 * held, and sent. What turns out not to be wanted any more, because others have been faster, is
 * dropped: before it is computed, or before it is sent.
 *
 * <p>Memory: one network's scratch per thread, and the sums under way: at most one per thread and
 * per level of the tree.
 */
final class ComputeTeam implements AutoCloseable {

  private final ExecutorService threads;
  private final ThreadLocal<Network> network;
  private final Layout layout;
  private final int width;
  private final ReductionTree tree;
  private final ServerLink server;
  private final Consumer<Throwable> onFailure;
  private final ArrayDeque<Sums> free = new ArrayDeque<>();
  private final AtomicInteger wanted = new AtomicInteger();

  /**
   * @param threads to compute on; shut down with this
   * @param networks makes a network for each thread
   * @param width floats per parameter in a contribution
   * @param onFailure called with what goes wrong on a compute thread
   */
  ComputeTeam(
      ExecutorService threads,
      Supplier<Network> networks,
      Layout layout,
      int width,
      ReductionTree tree,
      ServerLink server,
      Consumer<Throwable> onFailure) {
    this.threads = threads;
    this.network = ThreadLocal.withInitial(networks);
    this.layout = layout;
    this.width = width;
    this.tree = tree;
    this.server = server;
    this.onFailure = onFailure;
  }

  private record Partial(Tally tally, Sums sums) {
    static Partial add(Partial left, Partial right) {
      left.sums.add(right.sums);
      return new Partial(left.tally.plus(right.tally), left.sums);
    }
  }

  /** Computes these partitions and sends a contribution for each maximal subtree of them. */
  void compute(int version, float[] parameters, BitSet partitions, IntFunction<Rows> rows) {
    Set<Integer> maximal = new HashSet<>(tree.maximalNodes(partitions));
    TreeReduction<Partial> reduction =
        new TreeReduction<>(tree, Partial::add, partial -> giveBack(partial.sums()));
    partitions.stream()
        .forEach(
            partition ->
                run(
                    version,
                    () -> {
                      Partial partial =
                          partition(version, parameters, partition, rows.apply(partition));
                      finished(version, partition, partial, reduction, maximal);
                    }));
  }

  private Partial partition(int version, float[] parameters, int partition, Rows rows) {
    Sums sums = takeSums();
    Tally tally = network.get().accumulate(parameters, rows, sums);
    // What is read of the parameters comes before what is asked next.
    VarHandle.acquireFence();
    if (!isAbandoned(version)) {
      checkFinite(version, partition, tally, sums);
    }
    return new Partial(tally, sums);
  }

  private void finished(
      int version,
      int partition,
      Partial partial,
      TreeReduction<Partial> reduction,
      Set<Integer> maximal) {
    int node;
    Optional<Partial> toSend = Optional.empty();
    synchronized (reduction) {
      node = reduction.offer(tree.leaf(partition), partial).orElseThrow();
      if (maximal.contains(node)) {
        toSend = reduction.take(node);
      }
    }
    if (toSend.isPresent()) {
      if (!isAbandoned(version)) {
        server.contribution(version, node, toSend.get().tally(), toSend.get().sums());
      }
      giveBack(toSend.get().sums());
    }
  }

  private void checkFinite(int version, int partition, Tally tally, Sums sums) {
    float[] gradient = sums.gradient();
    boolean isFinite =
        Double.isFinite(tally.lossSum())
            && Vectors.allFinite(gradient, 0, gradient.length)
            && Vectors.allFinite(sums.extra(), 0, sums.extra().length);
    if (!isFinite) {
      int at = Vectors.firstNotFinite(gradient, 0, gradient.length);
      String where =
          at < gradient.length
              ? "the gradient of " + layout.tensorAt(at).name()
              : "the loss or curvature";
      throw new DivergenceException(
          String.format(
              "round %d: %s is not finite on partition %d; a smaller learning rate or step may help",
              version + 1, where, partition));
    }
  }

  /** Measures these slices of the test rows and sends a tally for each. */
  void evaluate(int version, float[] parameters, BitSet slices, IntFunction<Rows> rows) {
    slices.stream()
        .forEach(
            slice ->
                run(
                    version,
                    () ->
                        server.evaluated(
                            version, slice, network.get().measure(parameters, rows.apply(slice)))));
  }

  /**
   * Versions before this one are not wanted any more, and the parameters of those before may be
   * written to from now on.
   */
  void abandonBefore(int version) {
    wanted.accumulateAndGet(version, Math::max);
    VarHandle.fullFence();
  }

  boolean isAbandoned(int version) {
    return version < wanted.get();
  }

  private void run(int version, Runnable task) {
    threads.execute(
        () -> {
          try {
            if (!isAbandoned(version)) {
              task.run();
            }
          } catch (RuntimeException | Error e) {
            onFailure.accept(e);
          }
        });
  }

  private Sums takeSums() {
    Sums sums;
    synchronized (free) {
      sums = free.pollLast();
    }
    return sums == null ? new Sums(layout.parameters(), width) : sums;
  }

  private void giveBack(Sums sums) {
    synchronized (free) {
      free.addLast(sums);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
