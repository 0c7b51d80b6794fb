package io.cordee.server.training;

/** What shard 0 says to the others. */
public interface Shards {

  /** There are no others. */
  Shards NONE =
      new Shards() {
        @Override
        public void apply(RoundOrder order) {}

        @Override
        public void sendWeights(int version) {}

        @Override
        public void collect(int version) {}

        @Override
        public void finished(Outcome outcome) {}

        @Override
        public void refuse(int shard, String why) {}
      };

  /** A round is applied. */
  void apply(RoundOrder order);

  /** They are to send workers the weights at this version, apart from the evaluation point. */
  void sendWeights(int version);

  /** They are to send their weights at this version. */
  void collect(int version);

  /** The job is over. */
  void finished(Outcome outcome);

  /** What this one says cannot be: it is sent away, and is lost by that. */
  void refuse(int shard, String why);
}
