package io.cordee.server.training;

import io.cordee.common.job.Job;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The parts of a training that its {@link Coordinator} is composed of. No part calls the
 * coordinator: it calls a part and acts on what that returns. Two things come later: {@link
 * ShardBook} runs a callback when the weights have arrived, and {@link Membership} collects the
 * workers that are released until it is asked for them.
 *
 * @param own the shard that workers reach through this training
 * @param shards all of them, the own one last
 * @param members who takes part, with which data
 * @param leases who computes what
 * @param evaluation what is measured of the current round
 */
record TrainingParts(
    Job job,
    Team team,
    TrainingListener listener,
    RoundShard own,
    List<ShardOrders> shards,
    ShardBook book,
    Membership members,
    LeaseManager leases,
    RoundEvaluation evaluation,
    BestWeights best,
    RoundLog log) {

  /**
   * @param minWorkers how many the first plan waits for
   */
  static TrainingParts of(
      Surroundings around,
      RoundShard own,
      List<ShardOrders> shards,
      ShardBook book,
      int minWorkers) {
    Job job = around.job();
    LongSupplier clock = new WorkingClock(around.nanoTime());
    Membership members = new Membership(around, clock, own.board().tree(), minWorkers);
    RoundEvaluation evaluation = new RoundEvaluation(job, members.data(), own.board().tree());
    return new TrainingParts(
        job,
        around.team(),
        around.listener(),
        own,
        shards,
        book,
        members,
        new LeaseManager(around, clock, members.roster(), own, shards, book, evaluation),
        evaluation,
        new BestWeights(job, shards, book, around.listener()),
        new RoundLog(around));
  }
}
