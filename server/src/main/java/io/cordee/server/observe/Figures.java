package io.cordee.server.observe;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a job is doing, at one moment.
 *
 * @param phase as far as it is
 * @param note why it waits, or how it has ended; may be empty
 * @param round that many rounds the weights have behind them
 * @param loss and the rest: as last measured; NaN before that
 * @param split of a round, lately, on average
 * @param reduceNanos of a round, lately: time that threads spent adding up
 * @param stepNanos the same, stepping
 * @param gathering what it waits for; empty once it has begun, or if that is not known
 */
public record Figures(
    Phase phase,
    String note,
    int round,
    double seconds,
    double loss,
    double train,
    double test,
    OptionalDouble rowsPerSecond,
    double roundsPerSecond,
    Split split,
    double reduceNanos,
    double stepNanos,
    double receivedPerSecond,
    double sentPerSecond,
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
    FAILED
  }
}
