package io.cordee.server.training;

import java.util.OptionalDouble;

/** What the coordinator says to every shard, its own included. */
public sealed interface ShardOrder {

  /**
   * A round is applied.
   *
   * @param version at which it began
   * @param norm of the mean gradient, where it is clipped
   * @param meanLoss at that version
   * @param seconds of training until now
   * @param isKept whether the version that it leads to is to be kept
   */
  record Apply(int version, OptionalDouble norm, double meanLoss, double seconds, boolean isKept)
      implements ShardOrder {}

  /**
   * Training begins.
   *
   * @param rows how many there are, with their checksum: what checkpoints record
   */
  record TrainedOn(String rows) implements ShardOrder {}

  /** To send workers the weights at this version, apart from the evaluation point. */
  record SendWeights(int version) implements ShardOrder {}

  /** To report the weights at this version. */
  record Collect(int version) implements ShardOrder {}

  record Finished(Outcome outcome) implements ShardOrder {}
}
