package io.cordee.server.round;

import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Slices;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import java.util.Optional;

/** The tallies of one version's evaluation, each kind reduced along the tree over its slices. */
public final class EvaluationBoard {

  public static final EvaluationBoard EMPTY = new EvaluationBoard(-1, Slices.NONE);

  private final int version;
  private final Slices slices;
  private final Optional<TreeReduction<Tally>> validation;
  private final Optional<TreeReduction<Tally>> test;

  public EvaluationBoard(int version, Slices slices) {
    this.version = version;
    this.slices = slices;
    this.validation = reduction(slices.validation());
    this.test = reduction(slices.test());
  }

  private static Optional<TreeReduction<Tally>> reduction(int leaves) {
    return leaves == 0
        ? Optional.empty()
        : Optional.of(new TreeReduction<>(new ReductionTree(leaves), Tally::plus, tally -> {}));
  }

  /**
   * Takes the tally of a slice; a second one, or one of another version, changes nothing.
   *
   * @throws IllegalArgumentException if there is no such slice
   */
  public void offer(int atVersion, int slice, Tally tally) {
    TreeReduction<Tally> kind = of(slice);
    if (atVersion == version) {
      kind.offer(leaf(slice), tally);
    }
  }

  public boolean isCovered(int slice) {
    return of(slice).isCovered(leaf(slice));
  }

  private TreeReduction<Tally> of(int slice) {
    if (slice < 0 || slice >= slices.count()) {
      throw new IllegalArgumentException("there is no slice " + slice + " of " + slices.count());
    }
    return (slice < slices.validation() ? validation : test).orElseThrow();
  }

  private int leaf(int slice) {
    boolean isValidation = slice < slices.validation();
    ReductionTree tree = new ReductionTree(isValidation ? slices.validation() : slices.test());
    return tree.leaf(isValidation ? slice : slice - slices.validation());
  }

  public boolean isComplete() {
    return validation.map(TreeReduction::isComplete).orElse(true)
        && test.map(TreeReduction::isComplete).orElse(true);
  }

  /** The tallies of the kinds of rows that are complete. */
  public Evaluated result() {
    return new Evaluated(
        validation.flatMap(TreeReduction::root), test.flatMap(TreeReduction::root));
  }
}
