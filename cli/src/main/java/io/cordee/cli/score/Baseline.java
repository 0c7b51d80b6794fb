package io.cordee.cli.score;

import io.cordee.cli.export.TrainedModel;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.measure.ClassCounts;
import io.cordee.common.measure.Metric;
import io.cordee.common.measure.ValueSums;
import io.cordee.common.text.OutsideText;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.rows.PartitionStore;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * How good it would be to predict the same for every row: the most frequent class of the training
 * rows, or the mean of each of their targets.
 *
 * @param predicts what that is, for people
 * @param scores of the rows that the model is evaluated on, by their keys there
 */
public record Baseline(String predicts, Map<String, Double> scores) {

  private static final String ACCURACY = "accuracy";
  private static final int LONGEST_NAME = 40;
  private static final int PART = 256;

  /**
   * @param training the rows that the model was trained on; read once
   * @param evaluation of the model, on other rows
   */
  public static Optional<Baseline> of(
      TrainedModel model, PartitionStore training, Evaluation evaluation) {
    int width = model.job().model().outputs();
    if (evaluation.matrix().isPresent()) {
      long[] labelled = new long[Math.max(2, width)];
      forEach(
          training,
          width,
          (rows, targets) -> {
            for (int row = 0; row < targets.length / width; row++) {
              labelled[ClassCounts.classOf(targets, row, width)]++;
            }
          });
      return Optional.of(
          ofClasses(labelled, evaluation.matrix().get().labelled(), model.classNames()));
    }
    if (!(evaluation.tally().measures().orElse(null) instanceof ValueSums sums)) {
      return Optional.empty();
    }
    double[] totals = new double[width];
    forEach(
        training,
        width,
        (rows, targets) -> {
          for (int i = 0; i < targets.length; i++) {
            totals[i % width] += targets[i] * rows.targetUnit(i % width);
          }
        });
    List<TableEncoding.Range> ranges = model.encoding().targets();
    double[] origins = ranges.stream().mapToDouble(TableEncoding.Range::shift).toArray();
    double[] means =
        Arrays.stream(totals).map(total -> total / training.partitions().rows()).toArray();
    return Optional.of(ofValues(means, Arrays.copyOf(origins, width), sums));
  }

  private static void forEach(
      PartitionStore training, int width, BiConsumer<PartitionRows, float[]> look) {
    training.forEach(
        rows -> {
          for (int from = 0; from < rows.count(); from += PART) {
            int count = Math.min(PART, rows.count() - from);
            float[] targets = new float[count * width];
            rows.copyTargets(from, count, targets);
            look.accept(rows, targets);
          }
        });
  }

  /**
   * @param training rows of each class that the model was trained on
   * @param evaluated those that it is evaluated on
   */
  static Baseline ofClasses(long[] training, long[] evaluated, List<String> names) {
    int most = 0;
    for (int k = 1; k < training.length; k++) {
      most = training[k] > training[most] ? k : most;
    }
    String name = OutsideText.printable(names.get(most), LONGEST_NAME);
    return new Baseline(
        "class '" + name + "', the most frequent of the training rows",
        Map.of(ACCURACY, (double) evaluated[most] / Arrays.stream(evaluated).sum()));
  }

  /**
   * @param means of the training rows' targets, from where those of {@code evaluated} are counted
   * @param origins that is where
   * @param evaluated targets that a model is evaluated on
   */
  static Baseline ofValues(double[] means, double[] origins, ValueSums evaluated) {
    double[] squares = new double[means.length];
    for (int k = 0; k < means.length; k++) {
      double apart = evaluated.means()[k] - means[k];
      squares[k] = evaluated.deviations()[k] + evaluated.rows() * apart * apart;
    }
    ValueSums predicted =
        new ValueSums(
            evaluated.rows(), squares, squares, evaluated.means(), evaluated.deviations());
    Map<String, Double> scores = new LinkedHashMap<>();
    for (Metric metric : List.of(Metric.R2, Metric.RMSE)) {
      double value = predicted.of(metric);
      if (Double.isFinite(value)) {
        scores.put(metric.key(), value);
      }
    }
    String mean =
        means.length == 1
            ? String.format(Locale.ROOT, "%.6g, the mean", means[0] + origins[0])
            : "the means";
    return new Baseline(mean + " of the training rows", scores);
  }

  /** One line; the scores as {@link Evaluation#brief} has them. */
  public String text() {
    String shown =
        scores.entrySet().stream()
            .map(
                score ->
                    score.getKey().equals(ACCURACY)
                        ? Evaluation.accuracy(score.getValue())
                        : Evaluation.value(
                            Metric.valueOf(score.getKey().toUpperCase(Locale.ROOT)),
                            score.getValue()))
            .collect(Collectors.joining(", "));
    return "baseline: " + shown + " by always predicting " + predicts;
  }

  /** For JSON. */
  public Map<String, Object> said() {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("predicts", predicts);
    said.putAll(scores);
    return said;
  }
}
