package io.cordee.server.observe;

import io.cordee.common.job.Best;
import io.cordee.common.run.RoundRow;
import java.util.List;
import java.util.Optional;

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
   * @param round how many rounds the weights have behind them
   * @param rounds the most rounds; unbounded where that is not known yet
   * @param latest the row of the last round, with each figure that it lacks as last evaluated
   * @param best the best weights so far, where the job monitors them
   */
  public record Progress(
      Phase phase, String note, int round, int rounds, RoundRow latest, Optional<Best> best) {}

  /**
   * What was done lately.
   *
   * @param rounds per second
   * @param split of a round, on average
   * @param reduceNanos thread time per round spent on reducing
   * @param stepNanos the same, on stepping
   * @param received bytes per second
   * @param sent bytes per second
   */
  public record Rates(
      double rounds,
      RoundTime split,
      double reduceNanos,
      double stepNanos,
      double received,
      double sent) {

    Rates withoutRounds() {
      return new Rates(0, split, reduceNanos, stepNanos, received, sent);
    }
  }

  /** The last checkpoint that is on the disk, and how long it has been there. */
  public record Checkpointed(int round, long ageNanos) {}

  /**
   * @param partitions that it holds by the plan
   * @param rowsPerSecond whose gradients have come in, lately
   * @param lag nanoseconds by which it was later than the first worker, in the last round
   * @param round that its last contribution was for; 0 before there was one
   * @param received bytes of its contributions
   * @param sent bytes of parameters, to it
   * @param bytesPerSecond both, lately
   * @param silentNanos since its last message
   * @param waiting messages that wait to be written to it
   */
  public record WorkerRow(
      String name,
      State state,
      int threads,
      int partitions,
      double rowsPerSecond,
      long lag,
      int round,
      long rows,
      long received,
      long sent,
      double bytesPerSecond,
      long silentNanos,
      int waiting) {

    public enum State {
      /** It has joined, and loads rows. */
      LOADING,
      WORKING,
      /** It is left out, as nothing is heard of it. */
      SILENT,
      /** It is left out, as it does not contribute. */
      STUCK,
      /** The job is over. */
      DONE,
      /** It has left before that. */
      GONE;

      public boolean isConnected() {
        return this != GONE;
      }
    }
  }

  /**
   * A shard as shard 0 knows it.
   *
   * @param version where its chunks stand
   * @param lag nanoseconds by which it was later than shard 0 in the last round; 0 if it was not
   * @param silentNanos since it last said that it had stepped
   */
  public record ShardRow(
      int number,
      int chunks,
      int parameters,
      boolean isHere,
      int version,
      long lag,
      long silentNanos) {}

  /**
   * What a job waits for before it begins.
   *
   * @param workers how many are needed
   * @param join a command that starts one more; empty where viewers are not to know it
   */
  public record Gathering(int workers, Optional<String> join) {}
}
