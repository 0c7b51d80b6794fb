package io.cordee.experiment.run;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.run.Measure;
import io.cordee.server.training.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A run, as its folder tells.
 *
 * @param note empty if nobody wrote down how it was made
 * @param rowsPerRound empty if unknown
 * @param message how it ended, in one line; empty if unknown
 */
public record Run(
    Path folder,
    Job job,
    RunMetrics metrics,
    Optional<RunNote> note,
    OptionalLong rowsPerRound,
    String message) {

  private static final List<Reason> SOLVED =
      List.of(Reason.TOLERANCE, Reason.LOSS, Reason.ACCURACY);

  /** The x axes of curves. */
  public enum Scale {
    ROUNDS("Rounds"),
    ROWS("Rows seen"),
    SECONDS("Seconds"),
    BYTES("Bytes on the wire");

    private final String title;

    Scale(String title) {
      this.title = title;
    }

    public String title() {
      return title;
    }
  }

  /** One of the kinds of {@link RunNote.End}; as the message tells if no note does. */
  public String end() {
    return note.map(n -> n.end().kind())
        .filter(kind -> !kind.equals(RunNote.End.OPEN))
        .orElseGet(this::endByMessage);
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

  /**
   * The best weights, by what the job monitors; empty if it monitors nothing or was not evaluated.
   */
  public Optional<Best> best() {
    if (!job.isMonitored()) {
      return Optional.empty();
    }
    double[] figures = metrics.of(Measure.of(job.stop().monitor()));
    Optional<Best> best = Optional.empty();
    for (int row = 0; row < metrics.size(); row++) {
      if (Double.isFinite(figures[row])) {
        best = Optional.of(Best.after(best, metrics.rounds()[row], figures[row], job.stop()));
      }
    }
    return best;
  }

  /** A figure of the best weights; NaN if there are none, or it was not measured. */
  public double atBest(Measure measure) {
    return best().map(best -> metrics.at(best.round(), measure)).orElse(Double.NaN);
  }

  public boolean hasFailed() {
    return end().equals(RunNote.End.FAILED);
  }

  /** The bytes of its team; empty if nobody wrote down who that was. */
  public Optional<WireBytes> bytes() {
    return note.map(RunNote::bytes);
  }

  /** Where a row of the metrics stands on a scale; NaN if that is not known. */
  public double at(Scale scale, int row) {
    return at(scale, metrics.rounds()[row], metrics.of(Measure.SECONDS)[row]);
  }

  /** Where the end of a round stands on a scale; NaN if that is not known. */
  public double at(Scale scale, int round, double seconds) {
    return switch (scale) {
      case ROUNDS -> round;
      case SECONDS -> seconds;
      case ROWS ->
          rowsPerRound.isPresent() ? (double) round * rowsPerRound.getAsLong() : Double.NaN;
      case BYTES -> bytes().map(b -> (double) b.after(round)).orElse(Double.NaN);
    };
  }

  /** Where the last row stands on a scale; NaN if there is none, or that is not known. */
  public double spent(Scale scale) {
    return metrics.size() == 0 ? Double.NaN : at(scale, metrics.size() - 1);
  }

  /** Returns whether the job says what it is to have solved its problem. */
  public boolean canBeSolved() {
    return job.stop().tolerance().isPresent()
        || job.stop().loss().isPresent()
        || job.stop().accuracy().isPresent();
  }

  /** Returns whether it ended as its tolerance, loss or accuracy was reached. */
  public boolean isSolved() {
    return SOLVED.stream()
        .map(reason -> Outcome.completed(metrics.lastRound(), reason).message())
        .anyMatch(message::equals);
  }
}
