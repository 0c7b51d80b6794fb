package io.cordee.experiment.report;

import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.run.Measure;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunMetrics;
import io.cordee.experiment.run.Spread;
import io.cordee.server.training.Outcome;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A sentence on what the loss curves of a run say, and what to try.
 *
 * <p>A curve is cut into at most {@value #STRETCHES} stretches of about equally many measured
 * rounds; the level of a stretch is the median of its losses. The noise of a curve is estimated
 * from its third differences (Gasser, Sroka and Jennen-Steinmetz, Biometrika 73, 1986), and a
 * change of level counts only if it exceeds {@value #SURE} standard errors of a level. A change is
 * small if it is at most 1 % of the difference between the curve's first and lowest level, or 2 %
 * of the level it starts from. The optimizers are tried in this order:
 *
 * <ol>
 *   <li>{@link Kind#DIVERGES}: the training loss ended at a value that is not finite, or its last
 *       level lies above the lowest by at least half of what it had fallen, and by more than half
 *       of that lowest level.
 *   <li>{@link Kind#OVERFITS}: the last level of the loss on held-out rows lies above its lowest by
 *       more than 5 % of that, and more than a small change; or it is at least half as high again,
 *       after rising in each of at least three stretches. The training loss has not risen since.
 *   <li>{@link Kind#FALLS}: the loss on held-out rows, or the training loss if there are none, fell
 *       over the last fifth of the stretches by more than a small change.
 *   <li>{@link Kind#STAYS}: no level of that loss differs from the first by more than a small
 *       change.
 *   <li>{@link Kind#LEVELS_OFF}: over the last fifth of the stretches, that loss neither rose nor
 *       fell by more than a small change.
 * </ol>
 *
 * <p>Of fewer than {@value #FEWEST} measured rounds, only the first optimizer says something; the
 * last two say nothing of a curve whose noise hides a quarter of its last level.
 *
 * @param loss the curve, as an axis has it
 * @param round the round in which the curve turned; of {@link Kind#FALLS}, the last one
 * @param advice the things to try, as a clause; empty if there is nothing to advise
 */
public record CurveReading(Kind kind, String loss, int round, String advice) {

  static final int STRETCHES = 20;
  static final int FEWEST = 5;
  static final int SURE = 5;

  public enum Kind {
    DIVERGES,
    OVERFITS,
    FALLS,
    STAYS,
    LEVELS_OFF
  }

  /**
   * Losses that were measured, of ascending rounds.
   *
   * @param values finite
   */
  record Curve(String title, int[] rounds, double[] values) {

    static Curve of(RunMetrics metrics, Measure measure) {
      double[] all = metrics.of(measure);
      int[] rows =
          IntStream.range(0, metrics.size()).filter(row -> Double.isFinite(all[row])).toArray();
      return new Curve(
          measure.title(),
          Arrays.stream(rows).map(row -> metrics.rounds()[row]).toArray(),
          Arrays.stream(rows).mapToDouble(row -> all[row]).toArray());
    }

    int size() {
      return values.length;
    }

    /** The round of the lowest of some values. */
    private int lowest(int from, int to) {
      int lowest = from;
      for (int i = from + 1; i < to; i++) {
        lowest = values[i] < values[lowest] ? i : lowest;
      }
      return rounds[lowest];
    }

    /** The standard deviation of the noise around a smooth curve, over its rounds or later half. */
    private double noise() {
      double[] third =
          IntStream.range(1, size() - 2)
              .mapToDouble(
                  i -> Math.abs(values[i - 1] - 3 * values[i] + 3 * values[i + 1] - values[i + 2]))
              .toArray();
      double later = median(third, third.length / 2, third.length);
      return Math.max(later, median(third, 0, third.length)) / (0.6745 * Math.sqrt(20));
    }
  }

  /** A curve of at least {@value #FEWEST} values, by its levels. */
  private record Levels(Curve curve, double[] level, double error) {

    static Levels of(Curve curve) {
      int count = Math.min(STRETCHES, curve.size());
      double[] level = new double[count];
      for (int i = 0; i < count; i++) {
        level[i] = median(curve.values(), begin(curve, count, i), begin(curve, count, i + 1));
      }
      double error = 1.2533 * curve.noise() / Math.sqrt((double) curve.size() / count);
      return new Levels(curve, level, SURE * error);
    }

    private static int begin(Curve curve, int count, int stretch) {
      return (int) ((long) stretch * curve.size() / count);
    }

    int count() {
      return level.length;
    }

    double last() {
      return level[count() - 1];
    }

    int lowest() {
      int lowest = 0;
      for (int i = 1; i < count(); i++) {
        lowest = level[i] < level[lowest] ? i : lowest;
      }
      return lowest;
    }

    boolean risesSinceLowest() {
      return count() - 1 - lowest() >= 3
          && IntStream.range(lowest() + 1, count()).allMatch(i -> level[i] > level[i - 1]);
    }

    double fallen() {
      return level[0] - level[lowest()];
    }

    /** A change from this level that nobody need care about, or that may be noise. */
    double small(double from) {
      return Math.max(error, Math.max(0.01 * fallen(), 0.02 * Math.abs(from)));
    }

    /** The stretch from which on the end is looked at. */
    int end() {
      return count() - 1 - Math.max(1, count() / 5);
    }

    int roundOf(int stretch) {
      return curve.rounds()[begin(curve, count(), stretch)];
    }

    /** The round of the lowest value in or beside the lowest stretch. */
    int lowestRound() {
      int from = Math.max(0, lowest() - 1);
      int to = Math.min(count(), lowest() + 2);
      return curve.lowest(begin(curve, count(), from), begin(curve, count(), to));
    }

    /** The level at a round, or before it. */
    double at(int round) {
      int stretch = 0;
      while (stretch + 1 < count() && roundOf(stretch + 1) <= round) {
        stretch++;
      }
      return level[stretch];
    }

    /** The first stretch from which on all levels are as good as the last. */
    int settled() {
      int settled = count() - 1;
      while (settled > 0 && Math.abs(level[settled - 1] - last()) <= small(last())) {
        settled--;
      }
      return settled;
    }
  }

  /** Returns what a run's curves say; empty if that is nothing. */
  public static Optional<CurveReading> of(Run run) {
    RunMetrics metrics = run.metrics();
    Optional<Curve> heldOut =
        Stream.of(Measure.VALIDATION_LOSS, Measure.TEST_LOSS)
            .map(measure -> Curve.of(metrics, measure))
            .filter(curve -> curve.size() > 0)
            .findFirst();
    boolean isFinite = !run.message().contains("not finite");
    return of(Curve.of(metrics, Measure.LOSS), heldOut, isFinite)
        .map(reading -> reading.of(run.job().stop().patience().isPresent(), isAtItsGoal(run)));
  }

  private static boolean isAtItsGoal(Run run) {
    return run.isSolved()
        || Outcome.completed(run.metrics().lastRound(), Reason.PATIENCE)
            .message()
            .equals(run.message());
  }

  /** Leaves out advice that the job follows already. */
  private CurveReading of(boolean stopsEarly, boolean isAtItsGoal) {
    return kind == Kind.FALLS && isAtItsGoal
        ? new CurveReading(kind, loss, round, "")
        : kind == Kind.OVERFITS && stopsEarly
            ? new CurveReading(kind, loss, round, "try weight decay or fewer units")
            : this;
  }

  /**
   * @param isFinite false if training ended at a loss that is not
   */
  static Optional<CurveReading> of(Curve training, Optional<Curve> heldOut, boolean isFinite) {
    if (!isFinite && training.size() > 0) {
      return Optional.of(diverges(training, training.lowest(0, training.size())));
    }
    if (training.size() < FEWEST) {
      return Optional.empty();
    }
    Levels own = Levels.of(training);
    double risen = own.last() - own.level()[own.lowest()];
    if (risen > own.error()
        && risen >= own.fallen() / 2
        && risen > Math.abs(own.level()[own.lowest()]) / 2) {
      return Optional.of(diverges(training, own.lowestRound()));
    }
    if (heldOut.isPresent() && heldOut.get().size() < FEWEST) {
      return Optional.empty();
    }
    return heldOut
        .map(Levels::of)
        .flatMap(others -> overfits(own, others))
        .or(() -> trend(heldOut.map(Levels::of).orElse(own)));
  }

  private static CurveReading diverges(Curve training, int round) {
    return new CurveReading(
        Kind.DIVERGES,
        training.title(),
        round,
        "lower the learning rate, or the optimizer's steps");
  }

  private static Optional<CurveReading> overfits(Levels training, Levels heldOut) {
    double lowest = heldOut.level()[heldOut.lowest()];
    double risen = heldOut.last() - lowest;
    int round = heldOut.lowestRound();
    boolean hasTrainingRisen =
        training.last() > training.at(round) + training.small(training.at(round));
    boolean isSure = risen > 0.05 * Math.abs(lowest) && risen > heldOut.small(lowest);
    boolean isSteady = risen > 0.5 * Math.abs(lowest) && heldOut.risesSinceLowest();
    return (isSure || isSteady) && !hasTrainingRisen
        ? Optional.of(
            new CurveReading(
                Kind.OVERFITS,
                heldOut.curve().title(),
                round,
                "try weight decay, fewer units, or stop.patience"))
        : Optional.empty();
  }

  private static Optional<CurveReading> trend(Levels of) {
    String title = of.curve().title();
    double before = of.level()[of.end()];
    double fall = before - of.last();
    int last = of.curve().rounds()[of.curve().size() - 1];
    if (fall > of.small(before)) {
      return Optional.of(
          new CurveReading(Kind.FALLS, title, last, "train more rounds with --resume"));
    }
    int settled = of.settled();
    boolean isNoisy = of.error() > Math.max(Math.abs(of.last()) / 4, 0.01 * of.fallen());
    if (isNoisy || fall < -of.small(before) || settled > of.end()) {
      return Optional.empty();
    }
    boolean stays =
        Arrays.stream(of.level())
            .allMatch(it -> Math.abs(it - of.level()[0]) <= of.small(of.level()[0]));
    return Optional.of(
        stays
            ? new CurveReading(
                Kind.STAYS,
                title,
                of.roundOf(0),
                "check features and labels, or raise the learning rate")
            : new CurveReading(
                Kind.LEVELS_OFF,
                title,
                of.roundOf(settled),
                "more rounds will change little; try more units, other features or another optimizer"));
  }

  /** Says what the curve does, as a sentence without its full stop. */
  public String sentence() {
    return switch (kind) {
      case DIVERGES -> loss + " diverges from round " + round;
      case OVERFITS ->
          "%s was lowest in round %d and has risen since: the network overfits"
              .formatted(loss, round);
      case FALLS -> loss + " still falls at the end";
      case STAYS -> loss + " has stayed level from the start";
      case LEVELS_OFF -> loss + " has levelled off since round " + round;
    };
  }

  /** True if the loss still falls, and the job has not reached what it asked for. */
  public boolean asksForMoreRounds() {
    return kind == Kind.FALLS && !advice.isEmpty();
  }

  /** The sentence with the advice. */
  public String text() {
    String joint = kind == Kind.OVERFITS ? "; " : ": ";
    return sentence() + (advice.isEmpty() ? "" : joint + advice) + ".";
  }

  /** The same in few words, for a table. */
  String brief() {
    return switch (kind) {
      case DIVERGES -> "diverges from round " + round;
      case OVERFITS -> "overfits from round " + round;
      case FALLS -> "still falls";
      case STAYS -> "stays level";
      case LEVELS_OFF -> "level since round " + round;
    };
  }

  private static double median(double[] values, int from, int to) {
    double[] sorted = Arrays.copyOfRange(values, from, to);
    Arrays.sort(sorted);
    return Spread.quantile(sorted, 0.5);
  }
}
