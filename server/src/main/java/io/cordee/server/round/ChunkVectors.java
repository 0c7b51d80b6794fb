package io.cordee.server.round;

import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.ParameterState;
import java.util.ArrayList;
import java.util.List;

/**
 * The vectors of one chunk, each in an array of the chunk's own: one array each for even and odd
 * versions of the weights and, if the optimizer has its own, of the lookahead point. The points are
 * kept, since the slots that they were computed from move on.
 */
final class ChunkVectors {

  private final Optimizer optimizer;

  /** For steps from even and from odd versions. */
  private final ParameterState[] states;

  private final float[][] points;

  /** {@code start}, at this version, is taken over. */
  ChunkVectors(Optimizer optimizer, ParameterState start, int version) {
    this.optimizer = optimizer;
    boolean isEven = version % 2 == 0;
    states =
        isEven
            ? new ParameterState[] {start, start.swapped()}
            : new ParameterState[] {start.swapped(), start};
    if (optimizer.hasLookahead()) {
      points = new float[][] {start.current().clone(), start.current().clone()};
      moveLookaheadPoint(version);
    } else {
      points = new float[][] {weights(0), weights(1)};
    }
  }

  int size() {
    return states[0].size();
  }

  /** The state to be stepped from this version. */
  ParameterState from(int version) {
    return states[version % 2];
  }

  float[] weights(int version) {
    return from(version).current();
  }

  float[][] slots() {
    return states[0].slots();
  }

  float[] at(Vector vector, int version) {
    return switch (vector) {
      case LOOKAHEAD_POINT -> points[version % 2];
      case WEIGHTS -> weights(version);
    };
  }

  /** Brings the lookahead point to this version, as weights and slots have been. */
  void moveLookaheadPoint(int version) {
    if (optimizer.hasLookahead()) {
      optimizer.lookaheadPoint(weights(version), from(version), 0, size(), points[version % 2], 0);
    }
  }

  /** The weights at this version, those of the version before, and the first slots. */
  List<float[]> shown(int version, int slots) {
    List<float[]> all = new ArrayList<>();
    all.add(weights(version));
    all.add(weights(version + 1)); // where the version before stands, too
    all.addAll(List.of(slots()).subList(0, slots));
    return all;
  }
}
