package io.cordee;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Figures of the weights after a round, and on request the weights. Whoever keeps it keeps their
 * values in memory.
 */
public final class Progress {

  private final RoundRow row;
  private final int rounds;
  private final Optional<List<float[]>> parts;
  private final int parameters;

  Progress(RoundRow row, int rounds, Optional<List<float[]>> parts, int parameters) {
    this.row = row;
    this.rounds = rounds;
    this.parts = parts;
    this.parameters = parameters;
  }

  /**
   * How many rounds the weights have behind them.
   *
   * @return 0 for the first ones
   */
  public int round() {
    return row.round();
  }

  /**
   * After how many rounds the job ends at the latest.
   *
   * @return {@link Integer#MAX_VALUE} if only other conditions end it
   */
  public int rounds() {
    return rounds;
  }

  /**
   * The mean loss over the rows that the next gradients are taken on, at these weights (for {@code
   * nesterov}: at the lookahead point).
   */
  public double loss() {
    return row.value(Measure.LOSS);
  }

  /**
   * The mean loss over the {@linkplain Job.Builder#validationRows validation rows} at these
   * weights.
   *
   * @return empty if there are none, or they were not evaluated in this round
   */
  public OptionalDouble validationLoss() {
    return Telling.validationLoss(row);
  }

  /** Seconds since training began. */
  public double seconds() {
    return row.seconds();
  }

  /**
   * A checksum of weights and the optimizer's state.
   *
   * @return 16 hexadecimal digits; empty if the job says {@code digest_every} and none was due
   */
  public String digest() {
    return row.digest();
  }

  /**
   * The weights themselves, where {@link LocalTeam#weightsEvery} or {@link Server#weightsEvery}
   * asked for those of this round.
   *
   * @return [layout.parameters()], a new copy on each call; empty in other rounds, in mode {@code
   *     async}, and if the listener is so late that two more rounds' weights had been taken before
   *     it was told of this one
   */
  public Optional<float[]> weights() {
    return parts.map(values -> Chunks.joined(values, parameters));
  }

  @Override
  public String toString() {
    OptionalDouble validation = validationLoss();
    return "round %d, loss %s%s"
        .formatted(
            round(),
            loss(),
            validation.isPresent() ? ", validation loss " + validation.getAsDouble() : "");
  }
}
