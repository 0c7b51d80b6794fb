package io.cordee.server.training;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.server.round.EvaluationBoard;
import io.cordee.server.round.Vector;
import io.cordee.server.team.LeaseBook;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The last weights, measured by the whole team on the rows of the round that they would enter, and
 * on the test rows. Nothing is applied any more, so every worker measures the same weights.
 */
final class ResultMeasurement {

  private final int version;
  private final ReductionTree tree;
  private final LeaseBook leases;
  private final LeaseBook slices;
  private final TreeReduction<Tally> train;
  private final Optional<EvaluationBoard> test;
  private final Set<WorkerId> sent = new HashSet<>();

  /**
   * @param version what the last weights are called, which no worker was sent anything for
   * @param sliceCount of the test rows; 0 if there are none
   */
  ResultMeasurement(int version, ReductionTree tree, int sliceCount) {
    this.version = version;
    this.tree = tree;
    this.leases = new LeaseBook(tree.partitions());
    this.slices = new LeaseBook(sliceCount);
    this.train = new TreeReduction<>(tree, Tally::plus, tally -> {});
    this.test =
        sliceCount > 0
            ? Optional.of(new EvaluationBoard(version, new ReductionTree(sliceCount)))
            : Optional.empty();
  }

  /** Asks for what nobody has been asked for. */
  void lease(Plan plan, Team team, int chunks, boolean hasOwnEvaluationPoint) {
    Map<WorkerId, BitSet> toEvaluate = slices.assign(plan, this::isEvaluated);
    Map<WorkerId, BitSet> toCompute = leases.assign(plan, this::isComputed);
    for (WorkerId worker : plan.workers()) {
      if (!toEvaluate.containsKey(worker) && !toCompute.containsKey(worker)) {
        continue;
      }
      if (sent.add(worker)) {
        sendAll(worker, Vector.EVALUATION_POINT, team, chunks);
        if (test.isPresent() && hasOwnEvaluationPoint) {
          sendAll(worker, Vector.WEIGHTS, team, chunks);
        }
      }
      if (toEvaluate.containsKey(worker)) {
        team.evaluate(worker, version, toEvaluate.get(worker));
      }
      if (toCompute.containsKey(worker)) {
        team.lease(worker, version, toCompute.get(worker));
      }
    }
  }

  private void sendAll(WorkerId worker, Vector vector, Team team, int chunks) {
    for (int chunk = 0; chunk < chunks; chunk++) {
      team.chunk(worker, version, vector, chunk);
    }
  }

  /** Takes what was counted at a node; of another version, it changes nothing. */
  void contributed(int atVersion, int node, Tally tally) {
    if (atVersion == version) {
      train.offer(node, tally);
    }
  }

  /**
   * @throws IllegalArgumentException if there is no such slice
   */
  void evaluated(int atVersion, int slice, Tally tally) {
    test.ifPresent(board -> board.offer(atVersion, slice, tally));
  }

  /** The worker is gone: others may be asked for what it was asked for. */
  void release(WorkerId worker) {
    leases.release(worker);
    slices.release(worker);
  }

  /** Whether the worker has been asked for something that is not there. */
  boolean isOwedBy(WorkerId worker) {
    return !leases.owedBy(worker, this::isComputed).isEmpty()
        || !slices.owedBy(worker, this::isEvaluated).isEmpty();
  }

  boolean hasOrphans() {
    return leases.hasOrphans(this::isComputed) || slices.hasOrphans(this::isEvaluated);
  }

  private boolean isComputed(int partition) {
    return train.isCovered(tree.leaf(partition));
  }

  private boolean isEvaluated(int slice) {
    return test.isEmpty() || test.get().isCovered(slice);
  }

  boolean isComplete() {
    return train.isComplete() && (test.isEmpty() || test.get().result().isPresent());
  }

  Tally train() {
    return train.root().orElseThrow();
  }

  Optional<Tally> test() {
    return test.flatMap(EvaluationBoard::result);
  }
}
