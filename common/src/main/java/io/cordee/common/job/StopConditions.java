package io.cordee.common.job;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * When training ends: on whichever condition is met first.
 *
 * @param rounds after this many rounds; {@link #UNBOUNDED} if epochs are given instead
 * @param epochs after this many passes over the training rows
 * @param accuracy when the accuracy on the validation rows, or on the test rows if there are none,
 *     reaches this
 * @param loss when the mean training loss is at most this
 * @param tolerance when every output of every training row is within this of its target
 * @param minutes after this much time; the only condition that does not depend on the job alone
 * @param patience when the monitored figure has not improved for this long
 * @param minDelta the least change that counts as an improvement
 * @param monitor which figure that is
 */
public record StopConditions(
    int rounds,
    OptionalInt epochs,
    OptionalDouble accuracy,
    OptionalDouble loss,
    OptionalDouble tolerance,
    OptionalDouble minutes,
    Optional<Patience> patience,
    double minDelta,
    Monitor monitor) {

  /** More rounds than any run has. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  public enum Reason {
    ROUNDS,
    ACCURACY,
    LOSS,
    TOLERANCE,
    MINUTES,
    PATIENCE
  }

  /**
   * @param rowsOfRound rows that a round's gradient is taken over
   */
  public int lastRound(long trainRows, double rowsOfRound) {
    return epochs.isPresent()
        ? (int) Math.min(rounds, Math.ceil((double) epochs.getAsInt() * trainRows / rowsOfRound))
        : rounds;
  }

  /** The same conditions but for how many rounds or epochs there are at most. */
  public StopConditions upTo(int mostRounds, OptionalInt mostEpochs) {
    return new StopConditions(
        mostRounds, mostEpochs, accuracy, loss, tolerance, minutes, patience, minDelta, monitor);
  }

  /**
   * Returns whether training may end after this many rounds, for all that is known without
   * measures.
   */
  public boolean mayBeMetAt(int version) {
    boolean isOfRoundsAlone =
        epochs.isEmpty()
            && patience.isEmpty()
            && Stream.of(accuracy, loss, tolerance, minutes).allMatch(OptionalDouble::isEmpty);
    return version >= rounds || !isOfRoundsAlone;
  }

  /** The condition met, if any, given the tally of the training rows at this version's weights. */
  public Optional<Reason> metBy(int version, int lastRound, Tally measured) {
    if (tolerance.isPresent() && measured.within() == measured.rows()) {
      return Optional.of(Reason.TOLERANCE);
    }
    if (loss.isPresent() && measured.meanLoss() <= loss.getAsDouble()) {
      return Optional.of(Reason.LOSS);
    }
    return version >= lastRound ? Optional.of(Reason.ROUNDS) : Optional.empty();
  }
}
