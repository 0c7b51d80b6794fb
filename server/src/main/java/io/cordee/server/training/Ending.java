package io.cordee.server.training;

import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;

/**
 * Ends a job: collects the weights from all shards, keeps them, and tells everyone how it has
 * ended. The first way to end counts.
 */
final class Ending {

  private final TrainingParts parts;

  /** How the job ends, once it does. */
  private Optional<Outcome> end = Optional.empty();

  /** How it has ended, once the weights are kept. */
  private Optional<Outcome> outcome = Optional.empty();

  /** The version that the weights stand at. */
  private int version;

  Ending(TrainingParts parts) {
    this.parts = parts;
  }

  boolean hasBegun() {
    return end.isPresent();
  }

  /** The end of the job, once its weights are kept. */
  Optional<Outcome> outcome() {
    return outcome;
  }

  /** Returns true once the job has ended, and everybody has gone. */
  boolean isOver() {
    return outcome.isPresent()
        && (outcome.get() instanceof Outcome.Suspended
            || parts.members().roster().connected().isEmpty());
  }

  /** A worker has come: it is told the end if there is one. */
  void joined(WorkerId worker) {
    outcome.ifPresent(how -> parts.team().finished(worker, how));
  }

  /**
   * The job ends in this way: its weights are collected and kept.
   *
   * @param atVersion where they stand; nothing is applied any more
   */
  void begin(Outcome how, int atVersion) {
    stop(how, atVersion);
    if (!parts.book().areAllThere()) {
      finish(how);
      return;
    }
    parts.book().awaitWeights(this::collected);
    try {
      parts.shards().forEach(shard -> shard.collect(atVersion));
    } catch (RuntimeException | OutOfMemoryError e) {
      finish(how.then(Outcome.reason(e)));
    }
  }

  /** The process ends, and another continues the job: no new checkpoint is written. */
  void suspend(String why, int atVersion) {
    stop(new Outcome.Suspended(why), atVersion);
    outcome = end;
  }

  private void stop(Outcome how, int atVersion) {
    end = Optional.of(how);
    version = atVersion;
    parts.own().stop();
    parts.book().awaitNoWeights();
  }

  /** An event has thrown this while weights are collected. */
  void broken(Throwable cause) {
    if (outcome.isPresent()) {
      return;
    }
    end = Optional.of(end.get().then(Outcome.reason(cause)));
    if (parts.book().hasOthers()) {
      finish(end.get()); // those of the others may never come; its own are on their way
    }
  }

  /**
   * A shard is gone, and its weights with it.
   *
   * @return whether the job still ends, without them
   */
  boolean lost(String gone) {
    boolean isFailing = !(end.get() instanceof Outcome.Completed);
    if (outcome.isEmpty() && isFailing) {
      finish(end.get().then(gone + ", and its weights with it"));
    }
    return outcome.isPresent();
  }

  private void collected() {
    if (outcome.isEmpty()) {
      finish(end.get());
    }
  }

  /** All weights are here, or never will be: keeps them, and tells everyone. */
  private void finish(Outcome how) {
    Outcome told = how instanceof Outcome.Completed ? how.by(this::publishResult) : how;
    Outcome kept = told.by(this::keepWeights);
    end = Optional.of(kept);
    outcome = end;
    parts.shards().forEach(shard -> shard.finished(kept));
    parts.members().roster().connected().forEach(worker -> parts.team().finished(worker, kept));
  }

  private Outcome publishResult(Outcome how) {
    RoundEvaluation evaluation = parts.evaluation();
    parts
        .log()
        .publishResult(
            version, evaluation.train(), evaluation.result(), parts.best().best(), parts.book());
    return how;
  }

  private Outcome keepWeights(Outcome how) {
    ShardBook book = parts.book();
    RoundShard own = parts.own();
    boolean isNew = version > own.board().start().version();
    if (parts.job().checkpoint().isOn() && !book.hasOthers() && isNew) {
      own.board().keepCurrent(parts.log().seconds());
    }
    Optional<List<float[]>> weights =
        book.areAllCollected() ? Optional.of(book.weights()) : Optional.empty();
    return parts.listener().ended(how, version, parts.log().digest(), weights);
  }
}
