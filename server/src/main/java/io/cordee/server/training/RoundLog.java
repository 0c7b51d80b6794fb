package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/** When training, its rounds and its checkpoints began, and what is published of each round. */
final class RoundLog {

  private final Job job;
  private final TrainingListener listener;
  private final LongSupplier nanoTime;
  private long trainingStart;
  private long roundStart;

  /** Seconds of training when the state was last kept. */
  private double lastKept;

  private String digest = "";
  private OptionalDouble rowsPerSecond = OptionalDouble.empty();

  RoundLog(Job job, TrainingListener listener, LongSupplier nanoTime) {
    this.job = job;
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /**
   * Training begins.
   *
   * @param seconds of training before this process
   */
  void beginTraining(double seconds) {
    trainingStart = nanoTime.getAsLong() - (long) (seconds * 1e9);
    lastKept = seconds;
  }

  /** The job begins at this version. */
  void begin(int version, ShardBook book) {
    digest = book.digest(version);
  }

  /**
   * A round begins.
   *
   * @param book has the checksums of this version if its digest is due
   */
  void beginRound(int version, ShardBook book) {
    roundStart = nanoTime.getAsLong();
    listener.roundBegan(version, roundStart);
    digest = job.digestEvery() > 0 && version % job.digestEvery() == 0 ? book.digest(version) : "";
  }

  /** The digest at the version of the round; empty if none was due. */
  String digest() {
    return digest;
  }

  /** All chunks of a shard stand at this version. */
  void shardStands(int shard, int version) {
    listener.shardStands(shard, version, nanoTime.getAsLong());
  }

  /** Whether the time limit was over when the round began. */
  boolean isTimeUp() {
    OptionalDouble minutes = job.stop().minutes();
    return minutes.isPresent() && roundStart - trainingStart >= minutes.getAsDouble() * 60e9;
  }

  /** Seconds of training so far. */
  double seconds() {
    return (nanoTime.getAsLong() - trainingStart) / 1e9;
  }

  /** Whether a checkpoint of this version is due; from now on it counts as written. */
  boolean claimCheckpoint(int version, double seconds) {
    boolean isDue = job.checkpoint().isDue(version, seconds - lastKept);
    lastKept = isDue ? seconds : lastKept;
    return isDue;
  }

  /**
   * Publishes what was measured of the job's result.
   *
   * @param book has the checksums of all chunks at this version
   */
  void publishResult(int version, Tally train, Optional<Tally> test, ShardBook book) {
    digest = book.digest(version);
    publish(version, train, test);
  }

  private void publish(int version, Tally train, Optional<Tally> test) {
    listener.measured(
        new Measurement(
            version, train, test, (roundStart - trainingStart) / 1e9, rowsPerSecond, digest));
  }

  /**
   * Publishes a round that is over.
   *
   * @return how long it took, in nanoseconds
   */
  long endRound(int version, Tally train, Optional<Tally> test) {
    long now = nanoTime.getAsLong();
    listener.roundEnded(version, now);
    publish(version, train, test);
    long nanos = now - roundStart;
    rowsPerSecond = OptionalDouble.of(train.rows() / Math.max(1e-9, nanos / 1e9));
    return nanos;
  }
}
