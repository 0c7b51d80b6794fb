package io.cordee.server.training;

import java.util.OptionalDouble;

/** What shard 0 says to the others. */
public interface Shards {

  /** There are no others. */
  Shards NONE =
      new Shards() {
        @Override
        public void apply(int version, OptionalDouble norm) {}

        @Override
        public void sendWeights(int version) {}

        @Override
        public void collect(int version) {}

        @Override
        public void finished(Outcome outcome) {}
      };

  /**
   * The round at this version is applied.
   *
   * @param norm of the mean gradient, where it is clipped
   */
  void apply(int version, OptionalDouble norm);

  /** They are to send workers the weights at this version, apart from the evaluation point. */
  void sendWeights(int version);

  /** They are to send their weights at this version. */
  void collect(int version);

  /** The job is over. */
  void finished(Outcome outcome);
}
