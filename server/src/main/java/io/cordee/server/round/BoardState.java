package io.cordee.server.round;

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
   * @param initial the weights at version 0; taken over
   */
  BoardState(float[] initial, Optimizer optimizer) {
    ParameterState even = ParameterState.taking(initial, optimizer.slots());
    states = new ParameterState[] {even, even.swapped()};
    points =
        optimizer.hasOwnEvaluationPoint()
            ? new float[][] {initial.clone(), initial.clone()}
            : new float[][] {even.current(), even.next()};
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
