package io.cordee.server.training;

import io.cordee.common.job.Job;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The end of synchronous training: collects the weights, keeps them, and tells everyone. */
final class Ending {

  private final Coordinator coordinator;
  private final Job job;
  private final TrainingListener listener;
  private final RoundShard own;
  private final Consumer<ShardOrder> shards;
  private final ShardBook book;
  private final RoundLog log;

  /** How the job ends, once it does. */
  private Optional<Outcome> how = Optional.empty();

  /** How it has ended, once the weights are kept. */
  private Optional<Outcome> outcome = Optional.empty();

  Ending(
      Coordinator coordinator,
      Surroundings around,
      RoundShard own,
      Consumer<ShardOrder> shards,
      ShardBook book,
      RoundLog log) {
    this.coordinator = coordinator;
    this.job = around.job();
    this.listener = around.listener();
    this.own = own;
    this.shards = shards;
    this.book = book;
    this.log = log;
  }

  /** Whether the job ends, or has ended. */
  boolean hasBegun() {
    return how.isPresent();
  }

  private boolean isCollecting() {
    return hasBegun() && outcome.isEmpty();
  }

  Optional<Outcome> outcome() {
    return outcome;
  }

  /** The job ends in this way, unless it does already. */
  void begin(Outcome way) {
    if (hasBegun()) {
      return;
    }
    how = Optional.of(way);
    own.stop();
    book.awaitNoWeights();
    if (book.areAllThere()) {
      book.awaitWeights(this::collected);
      try {
        shards.accept(new ShardOrder.Collect(coordinator.version()));
      } catch (RuntimeException | OutOfMemoryError e) {
        finish(way.then(Outcome.reason(e)));
      }
    } else {
      finish(way);
    }
  }

  /** The process ends, and another continues the job: no new checkpoint is written. */
  void suspend(String why) {
    own.stop();
    book.awaitNoWeights();
    how = Optional.of(new Outcome.Suspended(why));
    outcome = how;
  }

  void broken(Throwable cause) {
    if (!isCollecting()) {
      begin(Outcome.Failed.by(cause));
      return;
    }
    how = Optional.of(how.get().then(Outcome.reason(cause)));
    if (book.hasOthers()) {
      finish(how.get()); // those of the others may never come; its own are on their way
    }
  }

  private void collected() {
    if (isCollecting()) {
      finish(how.orElseThrow());
    }
  }

  /** A shard is lost: unless the job is over anyway, all shards return to what they have kept. */
  void shardLost(String gone) {
    if (outcome.isPresent()) {
      return;
    }
    if (hasBegun() && !(how.get() instanceof Outcome.Completed)) {
      finish(how.get().then(gone + ", and its weights with it"));
    } else {
      suspend(gone);
    }
  }

  /** All weights are here, or never will be. */
  private void finish(Outcome way) {
    Outcome told = way instanceof Outcome.Completed ? way.by(this::publish) : way;
    Outcome kept = told.by(this::keepWeights);
    how = Optional.of(kept);
    outcome = how;
    shards.accept(new ShardOrder.Finished(kept));
    coordinator.sendHome(kept);
  }

  private Outcome publish(Outcome way) {
    coordinator.publishResult();
    return way;
  }

  private Outcome keepWeights(Outcome way) {
    int version = coordinator.version();
    if (job.checkpoint().isOn() && !book.hasOthers() && version > own.board().start().version()) {
      own.board().keepCurrent(log.seconds());
    }
    Optional<List<float[]>> weights =
        book.areAllCollected() ? Optional.of(book.weights()) : Optional.empty();
    return listener.ended(way, version, log.digest(), weights);
  }
}
