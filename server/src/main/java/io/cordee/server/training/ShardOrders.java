package io.cordee.server.training;

import java.util.OptionalDouble;

/** Takes the coordinator's orders to a shard, its own or another. */
public interface ShardOrders {

  /**
   * Applies a round.
   *
   * @param version at which it began
   * @param norm of the mean gradient, where it is clipped
   * @param meanLoss at that version
   * @param seconds of training until now
   * @param isKept whether the version that it leads to is to be kept
   */
  void apply(int version, OptionalDouble norm, double meanLoss, double seconds, boolean isKept);

  /**
   * Begins training.
   *
   * @param rows how many there are, with their checksum: what checkpoints record
   */
  void trainedOn(String rows);

  /** Sends workers the weights at this version, apart from the lookahead point. */
  void sendWeights(int version);

  /** Reports the weights at this version. */
  void collect(int version);

  /** Ends the job. */
  void finished(Outcome how);
}
