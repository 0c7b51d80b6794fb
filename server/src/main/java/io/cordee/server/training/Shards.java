package io.cordee.server.training;

/** What shard 0 says to the others; nothing where there are none. */
public interface Shards {

  Shards NONE = new Shards() {};

  default void apply(RoundOrder order) {}

  /** They are to send workers the weights at this version, apart from the evaluation point. */
  default void sendWeights(int version) {}

  /** They are to send their weights at this version. */
  default void collect(int version) {}

  default void finished(Outcome outcome) {}

  /** Disconnects a shard that sent an invalid message, and so loses it. */
  default void refuse(int shard, String why) {}
}
