package io.cordee.cli.score;

import com.google.gson.GsonBuilder;
import io.cordee.cli.commandline.TemporaryFolder;
import io.cordee.cli.export.TrainedModel;
import io.cordee.common.job.Tally;
import io.cordee.common.measure.ClassCounts;
import io.cordee.common.measure.Metric;
import io.cordee.common.measure.Thresholds;
import io.cordee.common.model.FunctionModel;
import io.cordee.worker.data.rows.PartitionStore;
import io.cordee.worker.function.JobFunctions;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How good a model is on rows.
 *
 * @param source what the rows are called
 * @param metrics in display order
 * @param matrix of classes; empty if rows have values
 * @param classes their names; none if they have only their index
 * @param calibration how often the class that was taken is right, by how sure the model was; empty
 *     where outputs are no probabilities
 * @param threshold of the second class's output, if one was given
 * @param values some of the targets, each with its prediction, evenly spaced over the rows
 */
public record Evaluation(
    String source,
    Tally tally,
    List<Metric> metrics,
    Optional<ConfusionMatrix> matrix,
    List<String> classes,
    List<Bin> calibration,
    List<double[]> values,
    List<ClassCurves> curves,
    OptionalDouble threshold) {

  private static final int BINS = 10;
  private static final int MOST_VALUES = 500;

  /**
   * Rows whose largest output lies between two tenths.
   *
   * @param confidence the mean of it
   * @param accuracy the share of rows that are right
   */
  public record Bin(long rows, double confidence, double accuracy) {}

  /** Predicts all rows; those with a threshold's output or more are taken for the second class. */
  public static Evaluation of(
      TrainedModel model, PartitionStore rows, JobFunctions functions, OptionalDouble threshold) {
    String name = TemporaryFolder.shown(rows.name());
    int width = model.job().model().outputs();
    int count = Math.toIntExact(rows.partitions().rows());
    FloatBuffer allOutputs = FloatBuffer.allocate(Math.multiplyExact(count, width));
    FloatBuffer allTargets = FloatBuffer.allocate(allOutputs.capacity());
    List<Tally> tallies = new ArrayList<>();
    rows.forEach(
        some -> {
          Tally ofSome = model.measure(some, functions);
          tallies.add(ofSome);
          if (!hasLossOnly(model, ofSome)) {
            allOutputs.put(model.outputs(some, functions));
            float[] theirs = new float[some.count() * width];
            some.copyTargets(0, some.count(), theirs);
            allTargets.put(theirs);
          }
        });
    Tally tally = tallies.stream().reduce(Tally::plus).orElseThrow();
    if (hasLossOnly(model, tally)) {
      // It has only a loss.
      List<double[]> none = List.of();
      return new Evaluation(
          name,
          tally,
          List.of(),
          Optional.empty(),
          List.of(),
          List.of(),
          none,
          List.of(),
          threshold);
    }
    float[] outputs = allOutputs.array();
    float[] targets = allTargets.array();
    model.encoding().decode(targets);
    if (!model.job().hasLabels()) {
      return new Evaluation(
          name,
          tally,
          model.job().metrics(),
          Optional.empty(),
          List.of(),
          List.of(),
          values(targets, outputs, count, width),
          List.of(),
          threshold);
    }
    float[] decided = ClassCounts.decided(outputs, width, threshold);
    ConfusionMatrix matrix = ConfusionMatrix.of(targets, decided, count, width, model.classes());
    boolean areProbabilities = model.job().model().hasProbabilities();
    return new Evaluation(
        name,
        threshold.isPresent() ? matrix.counted(tally) : tally,
        model.job().metrics(),
        Optional.of(matrix),
        model.classes(),
        areProbabilities ? calibration(targets, outputs, count, width) : List.of(),
        List.of(),
        ClassCurves.of(targets, outputs, count, width, model.classNames()),
        threshold);
  }

  /** Returns true if the model has no outputs to be seen. */
  public boolean hasLossOnly() {
    return matrix.isEmpty() && values.isEmpty();
  }

  private static boolean hasLossOnly(TrainedModel model, Tally tally) {
    return model.job().model() instanceof FunctionModel && tally.measures().isEmpty();
  }

  private static List<Bin> calibration(float[] targets, float[] outputs, int count, int width) {
    long[] rows = new long[BINS];
    double[] sure = new double[BINS];
    long[] right = new long[BINS];
    for (int row = 0; row < count; row++) {
      int taken = ClassCounts.classOf(outputs, row, width);
      double output = outputs[row * width + (width == 1 ? 0 : taken)];
      double confidence = width == 1 && taken == 0 ? 1 - output : output;
      int bin = (int) Math.max(0, Math.min(BINS - 1, confidence * BINS));
      rows[bin]++;
      sure[bin] += confidence;
      right[bin] += taken == ClassCounts.classOf(targets, row, width) ? 1 : 0;
    }
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < BINS; i++) {
      if (rows[i] > 0) {
        bins.add(new Bin(rows[i], sure[i] / rows[i], (double) right[i] / rows[i]));
      }
    }
    return bins;
  }

  /** Of the first output. */
  private static List<double[]> values(float[] targets, float[] outputs, int count, int width) {
    int shown = Math.min(count, MOST_VALUES);
    List<double[]> values = new ArrayList<>();
    for (int i = 0; i < shown; i++) {
      int row = (int) ((long) i * count / shown);
      values.add(new double[] {targets[row * width], outputs[row * width]});
    }
    return values;
  }

  public void print(PrintWriter out) {
    out.printf(
        Locale.ROOT, "%,d row%s of %s%n", tally.rows(), tally.rows() == 1 ? "" : "s", source);
    out.printf(Locale.ROOT, "loss      %.6g%n", tally.meanLoss());
    if (tally.hasAccuracy()) {
      long correct = tally.correct();
      String rows = correct == 1 ? "row" : "rows";
      out.printf(Locale.ROOT, "accuracy  %.4f (%,d %s)%n", tally.accuracy(), correct, rows);
    }
    threshold.ifPresent(
        least ->
            out.printf(Locale.ROOT, "threshold %s%n", BigDecimal.valueOf(least).toPlainString()));
    String line = matrix.isPresent() ? "%-9s %.4f%n" : "%-9s %.6g%n";
    for (Metric metric : metrics) {
      double value = tally.of(metric);
      if (Double.isFinite(value)) {
        out.printf(Locale.ROOT, line, metric.key(), value);
      } else {
        out.printf(Locale.ROOT, "%-9s undefined for these rows%n", metric.key());
      }
    }
    matrix
        .filter(counted -> tally.measures().isPresent()) // and few enough for a screen
        .ifPresent(counted -> out.printf("%n%s", counted.table(classCounts())));
  }

  /** The scores that tell most, on one line, as {@link #print} has them. */
  public String brief() {
    if (tally.hasAccuracy()) {
      return accuracy(tally.accuracy());
    }
    String values =
        Stream.of(Metric.R2, Metric.RMSE)
            .filter(metric -> Double.isFinite(tally.of(metric)))
            .map(metric -> value(metric, tally.of(metric)))
            .collect(Collectors.joining(", "));
    return values.isEmpty() ? String.format(Locale.ROOT, "loss %.6g", tally.meanLoss()) : values;
  }

  static String accuracy(double share) {
    return String.format(Locale.ROOT, "accuracy %.4f", share);
  }

  /** A metric of values. */
  static String value(Metric metric, double value) {
    String name = metric == Metric.R2 ? metric.title() : metric.name();
    return String.format(Locale.ROOT, "%s %.6g", name, value);
  }

  /** That of the second of two classes. */
  public Optional<Thresholds.Best> bestThreshold() {
    return tally.measures().orElse(null) instanceof ClassCounts counts
        ? counts.ranking().flatMap(Thresholds::of).map(Thresholds::best)
        : Optional.empty();
  }

  private ClassCounts classCounts() {
    return (ClassCounts) tally.measures().orElseThrow();
  }

  /** One object; {@code more} is what else it has, by key. */
  public String toJson(Map<String, Object> more) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("source", source);
    all.put("rows", tally.rows());
    all.put("loss", finite(tally.meanLoss()));
    if (tally.hasAccuracy()) {
      all.put("accuracy", tally.accuracy());
    }
    metrics.forEach(metric -> all.put(metric.key(), finite(tally.of(metric))));
    if (!classes.isEmpty()) {
      all.put("classes", classes);
    }
    threshold.ifPresent(least -> all.put("threshold", least));
    all.putAll(more);
    matrix.ifPresent(counted -> all.put("confusion", counted.counts()));
    if (!curves.isEmpty()) {
      all.put("curves", curves);
    }
    if (!calibration.isEmpty()) {
      all.put("calibration", calibration);
    }
    if (!values.isEmpty() && values.stream().allMatch(it -> Double.isFinite(it[0] + it[1]))) {
      all.put("values", values);
    }
    return new GsonBuilder().disableHtmlEscaping().serializeNulls().create().toJson(all);
  }

  /** JSON has no other numbers. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
