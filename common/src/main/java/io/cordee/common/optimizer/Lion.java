package io.cordee.common.optimizer;

import java.util.List;

/**
 * Lion (Chen et al. 2023, Symbolic Discovery of Optimization Algorithms), with decoupled weight
 * decay as the option around it. No replay needs m.
 *
 * <pre>
 * w ← w − η sign(β₁m + (1 − β₁)g)
 * m ← β₂m + (1 − β₂)g
 * </pre>
 *
 * <p>Where β₁ = β₂, sign and m are of the same mean, and it is Signum (Bernstein et al. 2018,
 * signSGD: Compressed Optimisation for Non-Convex Problems):
 *
 * <pre>
 * m ← βm + (1 − β)g
 * w ← w − η sign(m)
 * </pre>
 */
record Lion(LearningRate learningRate, float β1, float β2) implements SignUpdate {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("momentum", 0));
  }

  @Override
  public List<Slot> replayedSlots() {
    return List.of();
  }

  @Override
  public Step in(RoundScalars round) {
    return UpdateSteps.lion(learningRate.forUnitSteps(round), round.kept(β1), round.kept(β2));
  }

  @Override
  public Step replay(RoundScalars round) {
    return new SignSgd(learningRate).in(round);
  }
}
