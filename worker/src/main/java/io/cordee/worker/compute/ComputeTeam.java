package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.function.GradientFunction;
import io.cordee.function.Rows;
import io.cordee.worker.function.FunctionCalls;
import io.cordee.worker.function.FunctionException;
import io.cordee.worker.model.PerVersion;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Computes gradients and losses on the compute threads. Each thread takes whole partitions, so that
 * a partition's bits do not depend on how many threads there are; sums are added along the tree as
 * far as whole subtrees are held, and passed on.
 *
 * <p>Memory: one network's scratch per thread, what local steps take, and the sums under way: at
 * most one per thread and per level of the tree.
 */
final class ComputeTeam {

  private final ComputeThreads threads;
  private final GradientShape shape;
  private final Optional<ThreadLocal<LocalDescent>> local;
  private final ResultSender results;
  private final SumArrays arrays;
  private final RepeatCheck repeats;

  /**
   * @param local makes what takes local steps, one for each thread; empty if the job has none
   * @param isToCheck whether to check that gradients come out the same again
   */
  ComputeTeam(
      ComputeThreads threads,
      GradientShape shape,
      Optional<Supplier<LocalDescent>> local,
      boolean isToCheck,
      ResultSender results) {
    this.threads = threads;
    this.shape = shape;
    this.local = local.map(ThreadLocal::withInitial);
    this.results = results;
    this.arrays = new SumArrays(shape.rounding().chunks());
    this.repeats = new RepeatCheck(isToCheck, shape.layout(), arrays);
  }

  private record Leased(
      int version, LeasedPartitions<NodeSum> partitions, IntFunction<RoundRows> rows) {}

  /**
   * Takes a lease: passes on the sums of each maximal subtree of the partitions.
   *
   * @return begins it, given the parameters
   */
  Consumer<Point> lease(int version, BitSet partitions, IntFunction<RoundRows> rows) {
    ReductionTree tree = shape.tree();
    TreeReduction<NodeSum> reduction =
        new TreeReduction<>(
            tree, (left, right) -> left.plus(right, shape.rounding()), sum -> sum.giveBack(arrays));
    Leased lease = new Leased(version, new LeasedPartitions<>(tree, reduction, partitions), rows);
    return point -> {
      IntConsumer task = partition -> threads.run(version, () -> compute(lease, partition, point));
      if (!repeats.isDue()) {
        partitions.stream().forEach(task);
        return;
      }
      // Until the partitions are contributed, the round and its parameters stay.
      threads.run(
          version,
          () -> {
            repeats.run(
                partitions,
                rows,
                (one, its) -> firstGradient(version, point, one, its),
                () -> threads.isAbandonedAfterReading(version));
            partitions.stream().forEach(task);
          });
    };
  }

  private void compute(Leased lease, int partition, Point point) {
    RoundRows rows = lease.rows.apply(partition);
    NodeSum sum = partition(lease.version, point, partition, rows);
    pass(lease.version, lease.partitions.finished(partition, sum));
  }

  private NodeSum partition(int version, Point point, int partition, RoundRows rows) {
    NodeSum sum =
        local.isPresent()
            ? descent(local.get().get(), version, point, partition, rows)
            : firstGradient(version, point, partition, rows);
    if (!threads.isAbandonedAfterReading(version)) {
      DivergenceException.unlessFinite(version, "partition " + partition, shape.layout(), sum);
    }
    shape.rounding().round(sum.sums());
    return sum;
  }

  private NodeSum descent(
      LocalDescent steps, int version, Point point, int partition, RoundRows rows) {
    BooleanSupplier isAbandoned = () -> threads.isAbandonedAfterReading(version);
    return point.sum(
        rows.step(0),
        arrays,
        (parameters, sums) ->
            steps.run(threads.function(), version, partition, parameters, rows, isAbandoned, sums));
  }

  /** The gradient of the first step: the only one, unless there are local steps. */
  private NodeSum firstGradient(int version, Point point, int partition, RoundRows rows) {
    String where = "round %d, partition %d".formatted(version + 1, partition);
    GradientFunction own = threads.function();
    if (own instanceof PerVersion again) {
      again.expect(version);
    }
    Rows first = rows.step(0);
    return point.sum(
        first,
        arrays,
        (parameters, sums) -> FunctionCalls.gradient(own, where, parameters, first, sums));
  }

  private void pass(int version, Map<Integer, NodeSum> sums) {
    sums.forEach(
        (node, sum) -> {
          if (!threads.isAbandoned(version)) {
            results.contribute(version, node, sum);
          }
          sum.giveBack(arrays);
        });
  }

  /** Measures each slice of the evaluated rows. */
  void evaluate(int version, Point point, BitSet slices, IntFunction<Rows> rows) {
    slices.stream()
        .forEach(
            slice ->
                threads.run(
                    version,
                    () ->
                        results.evaluated(
                            version, slice, measure(point, slice, rows.apply(slice)))));
  }

  private Tally measure(Point point, int slice, Rows rows) {
    GradientFunction own = threads.function();
    return FunctionException.wrapping(
        "evaluated slice " + slice,
        () -> FunctionCalls.measure(own, point.parameters(rows), rows, shape.outputs()));
  }
}
