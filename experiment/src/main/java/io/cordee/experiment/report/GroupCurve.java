package io.cordee.experiment.report;

import io.cordee.common.job.Batch;
import io.cordee.common.run.Measure;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunMetrics;
import io.cordee.experiment.run.Spread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A measure of a group over rounds: of each round the median of its runs, and the spread around it,
 * as far as at least half of them have come.
 *
 * <p>Long runs are thinned to {@value #MOST} points, half of them evenly spaced, half by equal
 * ratios. What is measured on the rows of a small batch jumps from round to round: a point then is
 * the median of the rounds since the point before.
 */
public record GroupCurve(List<Point> points) {

  /** Points of a curve at most. */
  public static final int MOST = 300;

  /** {@code seconds} is the median from the start of training. */
  public record Point(int round, double seconds, Spread spread) {}

  /** Without points if the measure was not taken. */
  public static GroupCurve of(Group group, Measure measure) {
    int[] rounds = thinned(measured(group, measure));
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < rounds.length; i++) {
      int after = i == 0 ? -1 : rounds[i - 1];
      int round = rounds[i];
      group
          .spread(run -> value(run, measure, after, round))
          .filter(spread -> 2 * spread.count() >= group.runs().size())
          .ifPresent(spread -> points.add(new Point(round, secondsAt(group, round), spread)));
    }
    return new GroupCurve(points);
  }

  /** The rounds at which some run has a value. */
  private static int[] measured(Group group, Measure measure) {
    return group.runs().stream()
        .map(Run::metrics)
        .flatMapToInt(
            metrics ->
                IntStream.range(0, metrics.size())
                    .filter(row -> Double.isFinite(metrics.of(measure)[row]))
                    .map(row -> metrics.rounds()[row]))
        .sorted()
        .distinct()
        .toArray();
  }

  private static int[] thinned(int[] rounds) {
    if (rounds.length <= MOST) {
      return rounds;
    }
    TreeSet<Integer> places = new TreeSet<>();
    int last = rounds.length - 1;
    int half = MOST / 2 - 1;
    for (int i = 0; i <= half; i++) {
      double share = (double) i / half;
      places.add((int) Math.round(share * last));
      places.add((int) Math.round(Math.pow(last, share)));
    }
    return places.stream().mapToInt(place -> rounds[place]).toArray();
  }

  /** What is measured on the rows of the batch. */
  private static final Set<Measure> RANDOM_ROWS = Set.of(Measure.LOSS, Measure.TRAIN_ACCURACY);

  /** That of a round; of a small batch, the median of those after one round up to another. */
  private static double value(Run run, Measure measure, int after, int to) {
    RunMetrics metrics = run.metrics();
    int row = Arrays.binarySearch(metrics.rounds(), to);
    if (row < 0) {
      return Double.NaN;
    }
    double[] values = metrics.of(measure);
    boolean jumps = run.job().batch() instanceof Batch.Rows && RANDOM_ROWS.contains(measure);
    if (!jumps) {
      return values[row];
    }
    int from = Arrays.binarySearch(metrics.rounds(), after + 1);
    return Spread.of(Arrays.copyOfRange(values, from < 0 ? -from - 1 : from, row + 1))
        .map(Spread::median)
        .orElse(Double.NaN);
  }

  private static double secondsAt(Group group, int round) {
    return group
        .spread(run -> run.metrics().at(round, Measure.SECONDS))
        .map(Spread::median)
        .orElse(0.0);
  }
}
