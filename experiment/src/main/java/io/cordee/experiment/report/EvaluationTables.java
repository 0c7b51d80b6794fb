package io.cordee.experiment.report;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.annotations.SerializedName;
import io.cordee.common.measure.Metric;
import io.cordee.common.text.OutsideText;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Spread;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How good a run's model is on rows that it was not trained on: tables and pictures in HTML.
 *
 * @param scores the file's numbers, by name
 */
record EvaluationTables(Found found, JsonObject scores) {

  /** What the file has; null if it has not. */
  private record Found(
      String source,
      long rows,
      List<String> classes,
      List<long[]> confusion,
      String hint,
      List<Curves> curves,
      List<Bin> calibration,
      List<double[]> values,
      JsonObject baseline,
      Importance importance) {}

  private record Importance(
      String score, long rows, int shuffles, List<Drop> columns, List<String> leftOut) {}

  private record Drop(String column, double drop) {}

  private record Curves(
      @SerializedName("class") String name,
      double auc,
      @SerializedName("average_precision") double averagePrecision,
      List<double[]> roc,
      @SerializedName("precision_recall") List<double[]> precisionRecall) {}

  private record Bin(double rows, double confidence, double accuracy) {}

  private static final int MOST_CLASSES = 40;
  private static final String PREDICTS = "predicts";
  private static final int MOST_BARS = 20;
  private static final int MOST_NAMED = 5;
  private static final int LONGEST_NAME = 28;

  /** Widths of the names beside bars, and of the longest bar. */
  private static final int NAMES = 210;

  private static final int BARS = 240;
  private static final int SIZE = 320;
  private static final int EDGE = 44;
  private static final Axis SHARES = new Axis(0, 1, false);
  private static final String DIAGONAL =
      "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"6\"/>".formatted(EDGE, SIZE + 6, EDGE + SIZE);

  /** Both axes of a picture: their ends, and whether equal ratios are equally far apart. */
  private record Axis(double low, double high, boolean isLog) {

    /** A median in this lowest part of the range is that of skewed values. */
    private static final double SKEWED = 0.15;

    /**
     * Makes that of targets and predictions: by ratio if all targets are positive, and half of them
     * lie in the lowest {@value #SKEWED} of their range; predictions below all targets lie at its
     * end.
     */
    static Axis of(List<double[]> values) {
      double[] targets = values.stream().mapToDouble(it -> it[0]).sorted().toArray();
      double low = targets[0];
      double high = targets[targets.length - 1];
      boolean isSkewed = low > 0 && Spread.quantile(targets, 0.5) - low < SKEWED * (high - low);
      DoubleSummaryStatistics all =
          values.stream().flatMapToDouble(Arrays::stream).summaryStatistics();
      double most = Math.max(all.getMax(), Math.nextUp(all.getMin()));
      return isSkewed ? new Axis(low, most, true) : new Axis(all.getMin(), most, false);
    }

    /** From 0 to 1. */
    double place(double value) {
      return isLog
          ? Math.log(Math.max(low, value) / low) / Math.log(high / low)
          : (value - low) / (high - low);
    }
  }

  /** Of a run; empty if it was not evaluated. */
  static Optional<EvaluationTables> of(Run run) {
    Path file = run.folder().resolve(RunFiles.EVALUATION);
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      String json = Files.readString(file);
      Gson gson = new Gson();
      return Optional.ofNullable(gson.fromJson(json, Found.class))
          .map(found -> new EvaluationTables(found, gson.fromJson(json, JsonObject.class)));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // truncated, or not ours
    }
  }

  /** The scores of the same prediction for every row, by key; none if that is not known. */
  Map<String, Double> baseline() {
    Map<String, Double> scores = new LinkedHashMap<>();
    if (found.baseline() != null) {
      found.baseline().entrySet().stream()
          .filter(score -> score.getValue() instanceof JsonPrimitive it && it.isNumber())
          .forEach(score -> scores.put(score.getKey(), score.getValue().getAsDouble()));
    }
    return scores;
  }

  /** In HTML; empty if something in the file is not as it is written. */
  String html() {
    try {
      return sections();
    } catch (RuntimeException e) {
      return ""; // not ours
    }
  }

  private String sections() {
    return "<p class=\"hint\">%s rows of %s</p>"
            .formatted(String.format(Locale.ROOT, "%,d", found.rows()), Html.text(found.source()))
        + scoreTable()
        + baselineHint()
        + (found.confusion() != null ? confusion() : "")
        + (found.hint() != null ? "<p>" + Html.text(found.hint()) + "</p>" : "")
        + (found.curves() != null ? curves() : "")
        + (found.calibration() != null ? calibration() : "")
        + (found.values() != null ? values() : "")
        + (found.importance() != null ? importance(found.importance()) : "");
  }

  private String baselineHint() {
    if (baseline().isEmpty()) {
      return "";
    }
    String shown =
        baseline().entrySet().stream()
            .map(score -> title(score.getKey()) + " " + figure(score.getKey(), score.getValue()))
            .collect(Collectors.joining(", "));
    String predicts = found.baseline().get(PREDICTS).getAsString();
    return "<p class=\"hint\">Baseline: %s by always predicting %s.</p>"
        .formatted(Html.text(shown), Html.text(predicts));
  }

  private static String title(String key) {
    return metric(key).map(Metric::title).orElse(key);
  }

  private static String figure(String key, double value) {
    boolean isLoss = metric(key).filter(it -> it.kind() == Metric.Kind.LOSS).isPresent();
    return isLoss ? NumberText.loss(value) : NumberText.plain(value);
  }

  private static Optional<Metric> metric(String key) {
    return Stream.of(Metric.values()).filter(metric -> metric.key().equals(key)).findFirst();
  }

  /** A bar for each of the columns that matter most, from 0 to the right if its score drops. */
  private static String importance(Importance of) {
    List<Drop> shown = of.columns().stream().limit(MOST_BARS).toList();
    if (shown.isEmpty()) {
      return "";
    }
    double low = Math.min(0, shown.stream().mapToDouble(Drop::drop).min().orElseThrow());
    double high = Math.max(shown.stream().mapToDouble(Drop::drop).max().orElseThrow(), low + 1e-9);
    double unit = BARS / (high - low);
    StringBuilder svg = new StringBuilder();
    int y = 0;
    for (Drop drop : shown) {
      double from = NAMES + unit * (Math.min(0, drop.drop()) - low);
      String name = Html.text(OutsideText.printable(drop.column(), LONGEST_NAME));
      text(svg, NAMES - 8, y + 15, "end", name);
      svg.append(
          String.format(
              Locale.ROOT,
              "<path class=\"fill\" d=\"M%.1f %dh%.1fv14h%.1fz\"/>",
              from,
              y + 4,
              unit * Math.abs(drop.drop()),
              -unit * Math.abs(drop.drop())));
      text(svg, NAMES + BARS + 8, y + 15, "start", NumberText.plain(drop.drop()));
      y += 22;
    }
    double zero = NAMES - unit * low;
    svg.append(
        String.format(
            Locale.ROOT, "<line x1=\"%.1f\" y1=\"0\" x2=\"%1$.1f\" y2=\"%d\"/>", zero, y));
    String caption = "Importance of columns: drop of " + title(of.score()) + " when shuffled";
    String times = of.shuffles() == 1 ? "once" : of.shuffles() + " times, mean";
    List<String> notes = new ArrayList<>();
    notes.add(
        "Permutation importance (Breiman 2001) on %,d rows, each column shuffled %s. Columns that say the same share it."
            .formatted(of.rows(), times));
    int more = of.columns().size() - shown.size();
    if (more > 0) {
      notes.add("%,d columns with smaller drops are not shown.".formatted(more));
    }
    if (!of.leftOut().isEmpty()) {
      int named = Math.min(MOST_NAMED, of.leftOut().size());
      notes.add(
          "No time was left for %s%s."
              .formatted(
                  String.join(", ", of.leftOut().subList(0, named)),
                  of.leftOut().size() > named
                      ? " and %,d more columns".formatted(of.leftOut().size() - named)
                      : ""));
    }
    return "<figure class=\"scatter bars\"><figcaption>%s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%s</svg><p class=\"hint\">%s</p></figure>\n"
        .formatted(caption, NAMES + BARS + 70, y, caption, svg, Html.text(String.join(" ", notes)));
  }

  private String scoreTable() {
    Table<JsonObject> table = new Table<>();
    score(table, "loss", "loss", Metric.Kind.LOSS);
    score(table, "accuracy", "accuracy", Metric.Kind.SHARE);
    for (Metric metric : Metric.values()) {
      score(table, metric.key(), metric.title(), metric.kind());
    }
    return table.html("Scores", List.of(scores));
  }

  private void score(Table<JsonObject> table, String key, String title, Metric.Kind kind) {
    if (scores.has(key) && scores.get(key).isJsonPrimitive()) {
      double value = scores.get(key).getAsDouble();
      table.numbers(
          title, it -> kind == Metric.Kind.LOSS ? NumberText.loss(value) : NumberText.plain(value));
    }
  }

  /** Counts, and below each the share of its row. */
  private String confusion() {
    List<long[]> counts = found.confusion();
    if (counts.size() > MOST_CLASSES) {
      return "";
    }
    List<Integer> classes = IntStream.range(0, counts.size()).boxed().toList();
    Table<Integer> table = new Table<Integer>().names("actual / predicted", this::name);
    for (int taken : classes) {
      table.cells(name(taken), label -> cell(counts.get(label), taken));
    }
    return table.html("Confusion matrix: counts and row percentages", classes);
  }

  private static TableCell cell(long[] row, int taken) {
    long all = Arrays.stream(row).sum();
    double share = all == 0 ? 0 : (double) row[taken] / all;
    return TableCell.of(String.valueOf(row[taken]))
        .with(String.format(Locale.ROOT, "%.0f %%", 100 * share))
        .shaded(share, 0.5);
  }

  private String name(int k) {
    return found.classes() != null ? found.classes().get(k) : Integer.toString(k);
  }

  private String curves() {
    return curves(
            "ROC curve",
            "false positive rate",
            "recall",
            DIAGONAL,
            Curves::roc,
            each -> "AUC " + NumberText.plain(each.auc()))
        + curves(
            "Precision-recall curve",
            "recall",
            "precision",
            "",
            Curves::precisionRecall,
            each -> "average precision " + NumberText.plain(each.averagePrecision()));
  }

  /** One for each class, with a legend: the name, and the figure that sums the curve up. */
  private String curves(
      String title,
      String x,
      String y,
      String behind,
      Function<Curves, List<double[]>> curve,
      Function<Curves, String> figure) {
    StringBuilder svg = new StringBuilder(behind);
    StringBuilder legend = new StringBuilder("<ul>");
    int number = 0;
    for (Curves each : found.curves()) {
      String style =
          "style=\"stroke:var(--c%d)%s\""
              .formatted(number % Look.COLORS, number < Look.COLORS ? "" : ";stroke-dasharray:6 3");
      number++;
      svg.append("<polyline ").append(style).append(" points=\"");
      curve.apply(each).forEach(at -> svg.append(at(at[0], at[1], SHARES, "%.1f,%.1f ")));
      svg.append("\"/>");
      legend.append(
          "<li><svg viewBox=\"0 0 24 6\"><path %s d=\"M0 3h24\"/></svg>%s: %s</li>"
              .formatted(style, Html.text(each.name()), figure.apply(each)));
    }
    return figure(title, x, y, SHARES, svg.toString(), legend + "</ul>");
  }

  /** A point for each bin; on the diagonal, the model is as often right as it is sure. */
  private String calibration() {
    List<double[]> points =
        found.calibration().stream()
            .map(bin -> new double[] {bin.confidence(), bin.accuracy(), bin.rows() / found.rows()})
            .toList();
    return scatter(
        "Calibration; marker size: number of rows", "confidence", "accuracy", points, SHARES);
  }

  /** On the diagonal, a prediction is right. */
  private String values() {
    Axis axis = Axis.of(found.values());
    boolean areSomeBelow = found.values().stream().anyMatch(it -> it[1] < axis.low());
    String title =
        !axis.isLog()
            ? "Predictions"
            : areSomeBelow
                ? "Predictions (log axes; lowest at the edge)"
                : "Predictions (log axes)";
    return scatter(title, "target", "prediction", found.values(), axis);
  }

  /** {@code points} are x, y and, if they differ in it, their share of the rows. */
  private static String scatter(
      String title, String x, String y, List<double[]> points, Axis range) {
    StringBuilder svg = new StringBuilder(DIAGONAL);
    for (double[] point : points) {
      double radius = point.length > 2 ? 3 + 9 * Math.sqrt(point[2]) : 3;
      svg.append(at(point[0], point[1], range, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\""))
          .append(String.format(Locale.ROOT, "%.1f\"/>", radius));
    }
    return figure(title, x, y, range, svg.toString(), "");
  }

  private static String at(double x, double y, Axis range, String format) {
    return String.format(
        Locale.ROOT, format, EDGE + SIZE * range.place(x), 6 + SIZE * (1 - range.place(y)));
  }

  /** {@code drawn} is within the frame, {@code below} is HTML. */
  private static String figure(
      String title, String x, String y, Axis range, String drawn, String below) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<figure class=\"scatter\"><figcaption>%s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s by %s\">"
            .formatted(title, SIZE + 2 * EDGE, SIZE + EDGE + 12, y, x));
    svg.append("<rect x=\"%d\" y=\"6\" width=\"%d\" height=\"%d\"/>".formatted(EDGE, SIZE, SIZE));
    svg.append(drawn);
    String low = Html.text(NumberText.setting(shown(range.low())));
    String high = Html.text(NumberText.setting(shown(range.high())));
    text(svg, EDGE, SIZE + 22, "start", low);
    text(svg, EDGE + SIZE, SIZE + 22, "end", high);
    text(svg, EDGE + SIZE / 2, SIZE + 38, "middle", x);
    text(svg, EDGE - 6, SIZE + 6, "end", low);
    text(svg, EDGE - 6, 16, "end", high);
    svg.append(
        "<text transform=\"translate(14 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>"
            .formatted(SIZE / 2, y));
    return svg.append("</svg>" + below + "</figure>\n").toString();
  }

  private static void text(StringBuilder svg, int x, int y, String anchor, String text) {
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>".formatted(x, y, anchor, text));
  }

  private static double shown(double value) {
    return new BigDecimal(value).round(new MathContext(3)).doubleValue();
  }
}
