package io.cordee.common.job;

import io.cordee.common.optimizer.OptimizerSpec;

/**
 * The steps that each partition takes by itself in a round: from the lookahead point on, with an
 * inner optimizer, on mini-batches of its own rows. The job's optimizer, then the outer one, steps
 * on the mean of how far the partitions came, weighted by their rows: a pseudo-gradient.
 *
 * <p>The inner optimizer's slots are fresh in every round, so that what a partition contributes is
 * a function of weights, job and round alone, and anybody can compute it again.
 *
 * <p>Sources: McMahan et al. 2017, Communication-Efficient Learning of Deep Networks from
 * Decentralized Data (FedAvg); Reddi et al. 2021, Adaptive Federated Optimization (FedOpt);
 * Douillard et al. 2023, DiLoCo.
 *
 * @param steps of each partition in a round, 1 to 2^20
 * @param batch rows of a mini-batch, 1 to 2^20; each partition walks through a fresh permutation of
 *     its rows every epoch, on from where the round before has come to
 * @param optimizer the inner one
 */
public record LocalSteps(int steps, int batch, OptimizerSpec optimizer) {

  /** The rows that a partition takes gradients of in a round. */
  public long rowsPerRound() {
    return (long) steps * batch;
  }

  /** For people: {@code 117 local steps of adam}. */
  public String text() {
    return "%d local step%s of %s".formatted(steps, steps == 1 ? "" : "s", optimizer.name());
  }
}
