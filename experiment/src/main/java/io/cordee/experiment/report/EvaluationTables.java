package io.cordee.experiment.report;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.annotations.SerializedName;
import io.cordee.common.measure.Metric;
import io.cordee.experiment.run.Run;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

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
      List<double[]> values) {}

  private record Curves(
      @SerializedName("class") String name,
      double auc,
      @SerializedName("average_precision") double averagePrecision,
      List<double[]> roc,
      @SerializedName("precision_recall") List<double[]> precisionRecall) {}

  private record Bin(double rows, double confidence, double accuracy) {}

  private static final int MOST_CLASSES = 40;
  private static final int SIZE = 320;
  private static final int EDGE = 44;
  private static final double[] SHARES = {0, 1};
  private static final String DIAGONAL =
      "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"6\"/>".formatted(EDGE, SIZE + 6, EDGE + SIZE);

  /** Of a run; empty if it was not evaluated. */
  static String html(Run run) {
    Path file = run.folder().resolve(RunFiles.EVALUATION);
    try {
      if (!Files.exists(file)) {
        return "";
      }
      String json = Files.readString(file);
      Gson gson = new Gson();
      return new EvaluationTables(
              gson.fromJson(json, Found.class), gson.fromJson(json, JsonObject.class))
          .html();
    } catch (IOException | RuntimeException e) {
      return ""; // truncated, or not ours
    }
  }

  private String html() {
    return "<p class=\"hint\">%s rows of %s</p>"
            .formatted(String.format(Locale.ROOT, "%,d", found.rows()), Html.text(found.source()))
        + scoreTable()
        + (found.confusion() != null ? confusion() : "")
        + (found.hint() != null ? "<p>" + Html.text(found.hint()) + "</p>" : "")
        + (found.curves() != null ? curves() : "")
        + (found.calibration() != null ? calibration() : "")
        + (found.values() != null ? values() : "");
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
    DoubleSummaryStatistics all =
        found.values().stream().flatMapToDouble(Arrays::stream).summaryStatistics();
    double[] range = {all.getMin(), Math.max(all.getMax(), Math.nextUp(all.getMin()))};
    return scatter("Predictions", "target", "prediction", found.values(), range);
  }

  /** {@code points} are x, y and, if they differ in it, their share of the rows. */
  private static String scatter(
      String title, String x, String y, List<double[]> points, double[] range) {
    StringBuilder svg = new StringBuilder(DIAGONAL);
    for (double[] point : points) {
      double radius = point.length > 2 ? 3 + 9 * Math.sqrt(point[2]) : 3;
      svg.append(at(point[0], point[1], range, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\""))
          .append(String.format(Locale.ROOT, "%.1f\"/>", radius));
    }
    return figure(title, x, y, range, svg.toString(), "");
  }

  private static String at(double x, double y, double[] range, String format) {
    return String.format(
        Locale.ROOT, format, EDGE + SIZE * place(x, range), 6 + SIZE * (1 - place(y, range)));
  }

  /** {@code drawn} is within the frame, {@code below} is HTML. */
  private static String figure(
      String title, String x, String y, double[] range, String drawn, String below) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<figure class=\"scatter\"><figcaption>%s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s by %s\">"
            .formatted(title, SIZE + 2 * EDGE, SIZE + EDGE + 12, y, x));
    svg.append("<rect x=\"%d\" y=\"6\" width=\"%d\" height=\"%d\"/>".formatted(EDGE, SIZE, SIZE));
    svg.append(drawn);
    String low = Html.text(NumberText.setting(shown(range[0])));
    String high = Html.text(NumberText.setting(shown(range[1])));
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

  private static double place(double value, double[] range) {
    return (value - range[0]) / (range[1] - range[0]);
  }

  private static double shown(double value) {
    return new BigDecimal(value).round(new MathContext(3)).doubleValue();
  }
}
