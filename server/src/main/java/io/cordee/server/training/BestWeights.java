package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Job;
import io.cordee.common.job.Mode;
import io.cordee.common.job.Tally;
import java.util.List;
import java.util.Optional;

/**
 * The best weights of a job, by what it monitors. Those of a round are offered before they are
 * stepped; the best so far, if the job keeps such, and any that the listener wants are collected of
 * the shards and handed to it.
 */
final class BestWeights {

  private final Job job;
  private final List<ShardOrders> shards;
  private final ShardBook book;
  private final TrainingListener listener;
  private Optional<Best> best = Optional.empty();

  /** The version that was offered last, once it was evaluated. */
  private int offered = -1;

  /** The version that the listener was asked about last. */
  private int asked = -1;

  BestWeights(Job job, List<ShardOrders> shards, ShardBook book, TrainingListener listener) {
    this.job = job;
    this.shards = shards;
    this.book = book;
    this.listener = listener;
  }

  void resume(Optional<Best> before) {
    best = before;
  }

  Optional<Best> best() {
    return best;
  }

  /**
   * Takes what was evaluated at a version; a second time, it changes nothing.
   *
   * @return whether the weights may be stepped
   */
  boolean offer(int version, Evaluated evaluated) {
    Optional<Best> better = Optional.empty();
    if (offered != version && job.isMonitored() && evaluated.validation().isPresent()) {
      offered = version;
      Tally validation = evaluated.validation().get();
      Best now = Best.after(best, version, job.stop().monitor().of(validation), job.stop());
      best = Optional.of(now);
      better = best.filter(it -> it.round() == version && job.keepsBest());
    }
    boolean isWanted =
        job.mode() instanceof Mode.Sync && asked != version && listener.takesWeights(version);
    asked = version;
    if (better.isPresent() || isWanted) {
      Optional<Best> found = better;
      book.awaitWeights(() -> collected(version, found, isWanted));
      shards.forEach(shard -> shard.collect(version));
    }
    return !book.areWeightsAwaited();
  }

  private void collected(int version, Optional<Best> better, boolean isWanted) {
    List<float[]> weights = book.weights();
    better.ifPresent(now -> listener.improved(now, weights));
    if (isWanted) {
      listener.weights(version, weights);
    }
    book.forgetCollected();
  }

  /** Returns whether the best weights are so old, at a version evaluated, that training ends. */
  boolean isPatienceOver(int version, long trainRows) {
    return offered == version
        && job.stop().patience().isPresent()
        && version - best.orElseThrow().round()
            >= job.stop().patience().get().rounds(trainRows, job.rowsPerRound().orElse(trainRows));
  }
}
