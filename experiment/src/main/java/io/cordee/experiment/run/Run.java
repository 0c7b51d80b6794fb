package io.cordee.experiment.run;

import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.server.training.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A run, as its folder tells.
 *
 * @param note empty for a run that was interrupted
 * @param rowsPerRound empty if that is not to be known
 * @param message how it ended, in one line; empty if that is not known
 */
public record Run(
    Path folder,
    Job job,
    Metrics metrics,
    Optional<RunNote> note,
    OptionalLong rowsPerRound,
    String message) {

  private static final List<Reason> SOLVED =
      List.of(Reason.TOLERANCE, Reason.LOSS, Reason.ACCURACY);

  /** What a curve is drawn over. */
  public enum Scale {
    ROUNDS("Rounds"),
    ROWS("Rows seen"),
    SECONDS("Seconds"),
    BYTES("Bytes on the wire");

    private final String title;

    Scale(String title) {
      this.title = title;
    }

    /** As the title of an axis. */
    public String title() {
      return title;
    }
  }

  /** One of the kinds of {@link RunNote.End}; without a note, as the message tells. */
  public String end() {
    return note.map(n -> n.end().kind()).orElseGet(this::endByMessage);
  }

  private String endByMessage() {
    if (message.isEmpty()) {
      return RunNote.End.OPEN;
    }
    return List.of(RunNote.End.COMPLETED, RunNote.End.INTERRUPTED).stream()
        .filter(message::startsWith)
        .findFirst()
        .orElse(RunNote.End.FAILED);
  }

  public boolean hasFailed() {
    return end().equals(RunNote.End.FAILED);
  }

  /** The bytes of its team; empty if nobody wrote down who that was. */
  public Optional<WireBytes> bytes() {
    return note.map(RunNote::bytes);
  }

  /** Where a row of the metrics stands on a scale; empty if that is not known. */
  public OptionalDouble at(Scale scale, int row) {
    int round = metrics.rounds()[row];
    return switch (scale) {
      case ROUNDS -> OptionalDouble.of(round);
      case SECONDS -> OptionalDouble.of(metrics.seconds()[row]);
      case ROWS ->
          rowsPerRound.isPresent()
              ? OptionalDouble.of((double) round * rowsPerRound.getAsLong())
              : OptionalDouble.empty();
      case BYTES ->
          bytes().map(b -> OptionalDouble.of(b.after(round))).orElse(OptionalDouble.empty());
    };
  }

  /** The first row whose test accuracy is at least this. */
  public OptionalInt firstAtLeast(double accuracy) {
    double[] measured = metrics.testAccuracy();
    for (int i = 0; i < measured.length; i++) {
      if (measured[i] >= accuracy) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** The first row whose loss is at most this. */
  public OptionalInt firstAtMost(double loss) {
    double[] measured = metrics.loss();
    for (int i = 0; i < measured.length; i++) {
      if (measured[i] <= loss) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** Whether the job says what it is to have solved its problem. */
  public boolean canBeSolved() {
    return job.stop().tolerance().isPresent()
        || job.stop().loss().isPresent()
        || job.stop().accuracy().isPresent();
  }

  /** Whether it ended as its tolerance, loss or accuracy was reached. */
  public boolean isSolved() {
    return SOLVED.stream()
        .map(reason -> Outcome.completed(metrics.lastRound(), reason).message())
        .anyMatch(message::equals);
  }
}
