package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import java.util.Optional;

/** The test rows' tallies at one version, added along the tree over their slices. */
public final class EvaluationBoard {

  private final int version;
  private final ReductionTree tree;
  private final TreeReduction<Tally> reduction;

  public EvaluationBoard(int version, ReductionTree tree) {
    this.version = version;
    this.tree = tree;
    this.reduction = new TreeReduction<>(tree, Tally::plus, tally -> {});
  }

  /**
   * Takes the tally of a slice; a second one, or one of another version, changes nothing.
   *
   * @throws IllegalArgumentException if there is no such slice
   */
  public void offer(int atVersion, int slice, Tally tally) {
    int leaf = tree.leaf(slice);
    if (atVersion == version) {
      reduction.offer(leaf, tally);
    }
  }

  public boolean isCovered(int slice) {
    return reduction.isCovered(tree.leaf(slice));
  }

  /** The tally of all test rows, once every slice is there. */
  public Optional<Tally> result() {
    return reduction.root();
  }
}
