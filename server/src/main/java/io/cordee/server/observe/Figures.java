package io.cordee.server.observe;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a job is doing, at one moment.
 *
 * @param gathering what it waits for; empty once it has begun, or if that is not known
 */
public record Figures(
    Progress progress,
    Rates rates,
    Optional<Checkpointed> checkpoint,
    List<WorkerRow> workers,
    List<ShardRow> shards,
    Optional<StepFigures> steps,
    Optional<Gathering> gathering) {

  /** How far a job is. */
  public enum Phase {
    GATHERING,
    TRAINING,
    WAITING,
    COMPLETED,
    INTERRUPTED,
    FAILED;

    boolean isRunning() {
      return this == TRAINING || this == WAITING;
    }
  }

  /**
   * How far it is, as last measured.
   *
   * @param note why it waits, or how it has ended; may be empty
   * @param round that many rounds the weights have behind them
   * @param loss and the accuracies: NaN before they are measured
   */
  public record Progress(
      Phase phase,
      String note,
      int round,
      double seconds,
      double loss,
      double train,
      double test,
      OptionalDouble rowsPerSecond) {}

  /**
   * What was done lately.
   *
   * @param rounds per second
   * @param split of a round, on average
   * @param reduceNanos of a round: time that threads spent adding up
   * @param stepNanos the same, stepping
   * @param received bytes per second
   * @param sent bytes per second
   */
  public record Rates(
      double rounds,
      Split split,
      double reduceNanos,
      double stepNanos,
      double received,
      double sent) {

    Rates ofRounds(double perSecond) {
      return new Rates(perSecond, split, reduceNanos, stepNanos, received, sent);
    }
  }
}
