package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Digest;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/** When training, its rounds and its checkpoints began, and what is published of each round. */
final class RoundLog {

  private final Job job;
  private final TrainingListener listener;
  private final RoundListener rounds;
  private final LongSupplier nanoTime;
  private long trainingStart;
  private long roundStart;

  /** Seconds of training when the state was last kept. */
  private double lastKept;

  private String digest = "";
  private OptionalDouble rowsPerSecond = OptionalDouble.empty();

  RoundLog(Surroundings around) {
    this.job = around.job();
    this.listener = around.listener();
    this.rounds = around.rounds();
    this.nanoTime = around.nanoTime();
  }

  /** {@code seconds} is the time of training before this process. */
  void beginTraining(double seconds) {
    roundStart = nanoTime.getAsLong();
    trainingStart = roundStart - (long) (seconds * 1e9);
    lastKept = seconds;
    if (!job.hasExactFunction()) {
      listener.warned(
          "model.exact is false: gradients of the same rows may differ from worker to worker and"
              + " from time to time, and so may digests");
    }
  }

  void begin(int version, ShardBook book) {
    digest = book.digest(version);
  }

  /** Has the digest of a version that no round has led to. */
  void stands(int version, long[] checksums) {
    digest = Digest.ofVector(version, checksums);
  }

  /** The book has the checksums of this version if its digest is due. */
  void beginRound(int version, ShardBook book) {
    roundStart = nanoTime.getAsLong();
    rounds.roundBegan(version, roundStart);
    digest = job.digestEvery() > 0 && version % job.digestEvery() == 0 ? book.digest(version) : "";
  }

  /** The digest at the version of the round; empty if none was due. */
  String digest() {
    return digest;
  }

  /**
   * Why the job ends with what was measured at a version, if it does.
   *
   * @param lastRound after which it ends at the latest
   * @param isWhole whether all training rows of a round were: losses are compared of these only
   */
  Optional<Reason> stopReason(
      int version, int lastRound, Tally train, Evaluated evaluated, boolean isWhole) {
    OptionalDouble accuracy = job.stop().accuracy();
    if (accuracy.isPresent()
        && evaluated.decisive().isPresent()
        && evaluated.decisive().get().accuracy() >= accuracy.getAsDouble()) {
      return Optional.of(Reason.ACCURACY);
    }
    OptionalDouble minutes = job.stop().minutes();
    boolean isTimeUp =
        minutes.isPresent() && roundStart - trainingStart >= minutes.getAsDouble() * 60e9;
    return (isWhole ? job.stop().metBy(version, lastRound, train) : Optional.<Reason>empty())
        .or(() -> isTimeUp ? Optional.of(Reason.MINUTES) : Optional.empty());
  }

  double seconds() {
    return (nanoTime.getAsLong() - trainingStart) / 1e9;
  }

  /** Returns whether a checkpoint of this version is due; from now on it counts as written. */
  boolean claimCheckpoint(int version, double seconds) {
    boolean isDue = job.checkpoint().isDue(version, seconds - lastKept);
    lastKept = isDue ? seconds : lastKept;
    return isDue;
  }

  /** The book has the checksums of all chunks at this version. */
  void publishResult(
      int version, Tally train, Evaluated evaluated, Optional<Best> best, ShardBook book) {
    digest = book.digest(version);
    publish(version, train, evaluated, best, digest);
  }

  void publish(
      int version, Tally train, Evaluated evaluated, Optional<Best> best, String ofVersion) {
    double seconds = (roundStart - trainingStart) / 1e9;
    listener.measured(
        Measurement.of(
            job.metrics(), version, train, evaluated, best, seconds, rowsPerSecond, ofVersion));
  }

  /** Publishes a round that is over; returns how long it took, in nanoseconds. */
  long endRound(int version, Tally train, Evaluated evaluated, Optional<Best> best) {
    // Time spent in listeners does not count as the round's.
    long now = nanoTime.getAsLong();
    rounds.roundEnded(version, now);
    publish(version, train, evaluated, best, digest);
    return next(job.rowsPerRound().orElse(train.rows()), now);
  }

  /** Ends a round of this many rows, begins the next, and returns the nanoseconds it took. */
  long next(long rows) {
    return next(rows, nanoTime.getAsLong());
  }

  private long next(long rows, long now) {
    long nanos = now - roundStart;
    rowsPerSecond = OptionalDouble.of(rows / Math.max(1e-9, nanos / 1e9));
    roundStart = now;
    return nanos;
  }
}
