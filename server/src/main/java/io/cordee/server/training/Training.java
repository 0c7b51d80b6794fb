package io.cordee.server.training;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Tally;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.Optional;

/**
 * A job from its first worker to its end. A state machine: it is told what the workers say, and
 * tells the {@link Team} what to do. Any thread may call; it has no thread, clock or socket of its
 * own.
 */
public interface Training {

  /** What a worker finds in the job's files: how many rows, and with which columns. */
  record DataFound(long trainRows, long testRows, String arithmetic, Columns columns) {

    /** In files without a header. */
    DataFound(long trainRows, long testRows, String arithmetic) {
      this(trainRows, testRows, arithmetic, Columns.UNKNOWN);
    }

    boolean hasRowsOf(DataFound other) {
      return trainRows == other.trainRows && testRows == other.testRows;
    }
  }

  /** Whether the job is over and everybody has left. */
  boolean isOver();

  /** How the job ended, once it has. */
  Optional<Outcome> outcome();

  /**
   * Time has passed: to be called some ten times a second. Looks for what has not come in time. The
   * clock is the one that the training was given.
   */
  default void tick() {}

  /** A worker says that it is there. */
  default void heard(WorkerId worker) {}

  /** A worker has said hello. */
  void joined(WorkerId worker, int threads);

  void foundData(WorkerId worker, DataFound found);

  /** The rows of a plan are in the worker's memory. */
  void prepared(WorkerId worker, int plan);

  /** A worker wants to be sent the chunks of a shard that does not lead. */
  void subscribed(WorkerId worker);

  /**
   * Takes a contribution. The heavy work, adding it up and stepping its chunk, is done by the
   * calling thread, beside others.
   */
  void contributed(WorkerId worker, Contribution contribution);

  void evaluated(WorkerId worker, int version, int slice, Tally tally);

  /** What a worker has made of a chunk by replaying is not what it is here. */
  void differs(WorkerId worker, int version, int chunk);

  /**
   * The worker cannot go on; neither can the job, unless it has gone on without that worker so far.
   */
  void failed(WorkerId worker, String message);

  /** The worker's connection has ended, for whatever reason. */
  void left(WorkerId worker);

  /** Ends the job before its time; the weights of the last finished round are kept. */
  void interrupt(String why);

  /** Something that must not happen did, such as a disk that is full. */
  void broken(Throwable cause);
}
