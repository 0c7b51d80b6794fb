package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * What is measured in the rounds of asynchronous training, published when every worker is past
 * them, and whether it meets a stop condition.
 *
 * <p>Used under the monitor of its training.
 */
final class AsyncFigures {

  private final Job job;
  private final DataAgreement data;
  private final Deadlines deadlines;
  private final TrainingListener listener;
  private final LongSupplier nanoTime;

  // Of the rounds that are not over: what their contributions and test slices have counted.
  private final Map<Integer, Tally> train = new HashMap<>();
  private final Map<Integer, Tally> test = new HashMap<>();
  private int finished;
  private long trainingStart;
  private long roundStart;
  private OptionalDouble rowsPerSecond = OptionalDouble.empty();

  /**
   * @param deadlines told how long rounds take
   */
  AsyncFigures(
      Job job,
      DataAgreement data,
      Deadlines deadlines,
      TrainingListener listener,
      LongSupplier nanoTime) {
    this.job = job;
    this.data = data;
    this.deadlines = deadlines;
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /** The first round begins. */
  void start() {
    trainingStart = nanoTime.getAsLong();
    roundStart = trainingStart;
  }

  /** How many rounds are over. */
  int finished() {
    return finished;
  }

  /** Counts a contribution that was applied. */
  void contributed(int round, Tally tally) {
    if (round >= finished) {
      train.merge(round, tally, Tally::plus);
    }
  }

  /** Counts a slice of the test rows. */
  void evaluated(int round, Tally tally) {
    test.merge(round, tally, Tally::plus);
  }

  /**
   * Publishes the rounds before {@code end} that have not been published.
   *
   * @return why the job ends with the rounds under way, if it does
   */
  Optional<Reason> publishUntil(int end) {
    Optional<Reason> reason = Optional.empty();
    for (; finished < end; finished++) {
      Optional<Tally> counted = Optional.ofNullable(train.remove(finished));
      Optional<Tally> tested =
          Optional.ofNullable(test.remove(finished))
              .filter(tally -> tally.rows() == data.agreed().orElseThrow().testRows());
      // Nothing is known of a round whose workers have all left.
      if (counted.isPresent() && counted.get().rows() > 0) {
        publish(counted.get(), tested, "");
        reason = reason.or(() -> stopReason(counted.get(), tested));
      }
    }
    return reason;
  }

  void publish(Tally counted, Optional<Tally> tested, String digest) {
    double seconds = (roundStart - trainingStart) / 1e9;
    listener.measured(new Measurement(finished, counted, tested, seconds, rowsPerSecond, digest));
    long now = nanoTime.getAsLong();
    deadlines.roundTook(now - roundStart);
    rowsPerSecond = OptionalDouble.of(counted.rows() / Math.max(1e-9, (now - roundStart) / 1e9));
    roundStart = now;
  }

  /** Losses and gradients are compared of whole rounds only. */
  private Optional<Reason> stopReason(Tally counted, Optional<Tally> tested) {
    OptionalDouble accuracy = job.stop().accuracy();
    if (accuracy.isPresent()
        && tested.isPresent()
        && tested.get().accuracy() >= accuracy.getAsDouble()) {
      return Optional.of(Reason.ACCURACY);
    }
    Optional<Reason> reason =
        counted.rows() == data.rowsOfRound()
            ? job.stop().metBy(finished, counted)
            : Optional.empty();
    OptionalDouble minutes = job.stop().minutes();
    boolean isTimeUp =
        minutes.isPresent() && roundStart - trainingStart >= minutes.getAsDouble() * 60e9;
    return reason.isEmpty() && isTimeUp ? Optional.of(Reason.MINUTES) : reason;
  }
}
