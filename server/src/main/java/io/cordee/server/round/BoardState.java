package io.cordee.server.round;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;

/**
 * The vectors of a board, by version: even and odd versions of the weights stand in one array each,
 * and so do those of the evaluation point, if the rule has its own. These are kept, since the slots
 * that they were computed from move on.
 */
public final class BoardState {

  /** Which vector is meant. */
  public enum Vector {
    /** Where gradients are taken. */
    EVALUATION_POINT,
    WEIGHTS
  }

  /** For steps from even and from odd versions. */
  private final ParameterState[] states;

  private final float[][] points;

  /**
   * @param start taken over
   */
  BoardState(SavedState start, Optimizer optimizer) {
    int version = start.mark().version();
    ParameterState now = ParameterState.of(start.weights(), start.previousWeights(), start.slots());
    boolean isEven = version % 2 == 0;
    states =
        isEven
            ? new ParameterState[] {now, now.swapped()}
            : new ParameterState[] {now.swapped(), now};
    if (optimizer.hasOwnEvaluationPoint()) {
      points = new float[][] {start.weights().clone(), start.weights().clone()};
      moveEvaluationPoint(optimizer, version, 0, start.weights().length);
    } else {
      points = new float[][] {weights(0), weights(1)};
    }
  }

  /** The state to be stepped from this version. */
  ParameterState from(int version) {
    return states[version % 2];
  }

  float[] weights(int version) {
    return states[version % 2].current();
  }

  float[][] slots() {
    return states[0].slots();
  }

  float[] at(Vector vector, int version) {
    return switch (vector) {
      case EVALUATION_POINT -> points[version % 2];
      case WEIGHTS -> weights(version);
    };
  }

  /** Brings a range of the evaluation point to this version, as weights and slots have been. */
  void moveEvaluationPoint(Optimizer optimizer, int version, int from, int to) {
    if (optimizer.hasOwnEvaluationPoint()) {
      optimizer.evaluationPoint(
          weights(version), from(version), from, to, points[version % 2], from);
    }
  }
}
