package io.cordee.experiment.run;

import io.cordee.common.run.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Something to be reached: a test accuracy of at least this, or a loss of at most this. */
public record Target(boolean isAccuracy, double value) {

  private static final int USUAL = 3;

  /** Reads {@code 0.85}, an accuracy, or {@code loss:0.1}. */
  public static Optional<Target> parse(String text) {
    boolean isLoss = text.startsWith("loss:");
    try {
      double value = Double.parseDouble(isLoss ? text.substring("loss:".length()) : text.strip());
      boolean isSound = isLoss ? value >= 0 && value < 1e30 : value > 0 && value <= 1;
      return isSound ? Optional.of(new Target(!isLoss, value)) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** As it can be parsed. */
  public String text() {
    String number = Double.toString(value).replaceAll("\\.0$", "");
    return isAccuracy ? number : "loss:" + number;
  }

  public String title() {
    return (isAccuracy ? "test accuracy ≥ " : "loss ≤ ") + text().replace("loss:", "");
  }

  /** What a run had spent when it was first reached; NaN if it was not, or that is not known. */
  public double cost(Run run, Run.Scale scale) {
    double[] measured = run.metrics().of(isAccuracy ? Measure.TEST_ACCURACY : Measure.LOSS);
    OptionalInt row =
        IntStream.range(0, measured.length)
            .filter(i -> isAccuracy ? measured[i] >= value : measured[i] <= value)
            .findFirst();
    return row.isPresent() ? run.at(scale, row.getAsInt()) : Double.NaN;
  }

  /**
   * Three that tell these groups apart: what half of them reach, what a quarter does, and nearly
   * the best of all, each at a round number below it; and the job's own.
   */
  public static List<Target> usual(List<Group> groups) {
    List<Double> best = new ArrayList<>();
    boolean hasAccuracy =
        groups.stream().flatMap(g -> g.runs().stream()).anyMatch(run -> run.metrics().isTested());
    for (Group group : groups) {
      group
          .spread(run -> hasAccuracy ? run.metrics().bestTestAccuracy() : -lowestLoss(run))
          .ifPresent(spread -> best.add(spread.median()));
    }
    if (best.isEmpty()) {
      return List.of();
    }
    best.sort(null);
    TreeSet<Double> values = new TreeSet<>();
    for (double share : new double[] {0.5, 0.75, 1}) {
      double reached = best.get((int) Math.floor(share * (best.size() - 1)));
      values.add(hasAccuracy ? roundAccuracy(reached) : -roundLoss(-reached));
    }
    if (hasAccuracy && values.size() < USUAL && values.first() > 0.1) {
      values.add(roundAccuracy(values.first() - (1 - values.first()) / 4));
    }
    groups.stream()
        .flatMap(g -> g.runs().stream())
        .flatMapToDouble(run -> run.job().stop().accuracy().stream())
        .filter(accuracy -> hasAccuracy)
        .forEach(values::add);
    return values.stream()
        .filter(value -> !hasAccuracy || value > 0 && value <= 1)
        .map(value -> new Target(hasAccuracy, hasAccuracy ? value : -value))
        .toList();
  }

  private static double lowestLoss(Run run) {
    double[] losses = run.metrics().of(Measure.LOSS);
    return Arrays.stream(losses).filter(Double::isFinite).min().orElse(Double.NaN);
  }

  /** Down to a multiple of 0.01; near 1, of a tenth or a hundredth of that. */
  private static double roundAccuracy(double accuracy) {
    int digits = accuracy < 0.9 ? 2 : accuracy < 0.99 ? 3 : 4;
    double unit = Math.pow(10, digits);
    return Double.parseDouble(
        String.format(Locale.ROOT, "%." + digits + "f", Math.floor(accuracy * unit + 1e-9) / unit));
  }

  /** Up to two digits. */
  private static double roundLoss(double loss) {
    if (loss <= 0) {
      return 0;
    }
    double unit = Math.pow(10, Math.floor(Math.log10(loss)) - 1);
    return Double.parseDouble(
        String.format(Locale.ROOT, "%.1e", Math.ceil(loss / unit - 1e-9) * unit));
  }
}
