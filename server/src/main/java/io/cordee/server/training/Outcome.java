package io.cordee.server.training;

import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.file.JobException;
import io.cordee.common.text.Jars;
import io.cordee.common.text.OutOfMemory;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.message.JobEnd;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** How a job ended. */
public sealed interface Outcome {

  /** For people: one line. */
  String message();

  /** A stop condition was met. */
  record Completed(String message) implements Outcome {}

  /** Completed after this many rounds, for this reason. */
  static Completed completed(int rounds, Reason reason) {
    String met =
        switch (reason) {
          case ROUNDS -> "";
          case ACCURACY -> " (the accuracy asked for is reached)";
          case LOSS -> " (the loss asked for is reached)";
          case TOLERANCE -> " (every output is within tolerance)";
          case PATIENCE -> " (validation no longer improves)";
          case MINUTES -> " (the time is up)";
        };
    return new Completed("completed after " + rounds(rounds) + met);
  }

  /** The completion after this many rounds with this message, if there is one. */
  static Optional<Completed> completed(int rounds, String message) {
    return Arrays.stream(Reason.values())
        .map(reason -> completed(rounds, reason))
        .filter(completed -> completed.message().equals(message))
        .findFirst();
  }

  /** As in "after ...". */
  static String rounds(int count) {
    return count == 1 ? "1 round" : count + " rounds";
  }

  /** The thing that has to change before the job is tried again. */
  enum Fault {
    JOB,
    SURROUNDINGS
  }

  record Failed(String message, Fault fault) implements Outcome {

    public Failed(String message) {
      this(message, Fault.SURROUNDINGS);
    }

    static Failed by(Throwable cause) {
      return new Failed(
          reason(cause), cause instanceof JobException ? Fault.JOB : Fault.SURROUNDINGS);
    }
  }

  /** Continued from a checkpoint, by this process or another. Workers are not told. */
  record Suspended(String message) implements Outcome {}

  /** Stopped on request. */
  record Interrupted(String message) implements Outcome {}

  /** The kind of end that workers and other shards are told of. */
  default JobEnd how() {
    return this instanceof Completed
        ? JobEnd.COMPLETED
        : this instanceof Interrupted ? JobEnd.INTERRUPTED : JobEnd.FAILED;
  }

  /** The outcome that shard 0 tells the others of. */
  static Outcome of(JobEnd how, String message) {
    return switch (how) {
      case COMPLETED -> new Completed(message);
      case INTERRUPTED -> new Interrupted(message);
      case FAILED -> new Failed(message);
    };
  }

  /** One line of what broke. */
  static String reason(Throwable cause) {
    return OutOfMemory.reason(cause)
        .orElseGet(() -> OutsideText.message(message(cause) + Jars.words(cause)));
  }

  private static String message(Throwable cause) {
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return cause.getCause() == null ? reason : reason + ": " + cause.getCause().getMessage();
  }

  /** A failure after this end, which it must not hide. */
  default Failed then(String failure) {
    return new Failed(this instanceof Failed ? message() + "; then " + failure : failure);
  }

  /** What comes of this end by an action; whatever breaks, the workers have to be dismissed. */
  default Outcome by(UnaryOperator<Outcome> action) {
    try {
      return action.apply(this);
    } catch (RuntimeException | OutOfMemoryError e) {
      return then(reason(e));
    }
  }
}
