package io.cordee.experiment.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.cordee.common.measure.Metric;
import io.cordee.experiment.run.Run;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** How good a run's model is on rows that it was not trained on: tables and pictures in HTML. */
record EvaluationTables(JsonObject found) {

  private static final int MOST_CLASSES = 40;
  private static final int SIZE = 320;
  private static final int EDGE = 44;
  private static final double[] SHARES = {0, 1};
  private static final String DIAGONAL =
      "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"6\"/>".formatted(EDGE, SIZE + 6, EDGE + SIZE);

  private static final Set<String> LOSSES = Set.of("loss", Metric.MAE.key(), Metric.RMSE.key());

  /** Of a run, if it was evaluated. */
  static Optional<EvaluationTables> of(Run run) {
    Path file = run.folder().resolve(RunFiles.EVALUATION);
    try {
      return Files.exists(file)
          ? Optional.of(
              new EvaluationTables(
                  JsonParser.parseString(Files.readString(file)).getAsJsonObject()))
          : Optional.empty();
    } catch (IOException | JsonParseException | IllegalStateException e) {
      return Optional.empty(); // truncated, or not ours
    }
  }

  /** All of it; empty if the file is of another kind. */
  String html() {
    try {
      return "<p class=\"hint\">%s rows of %s</p>"
              .formatted(
                  Html.text(String.format(Locale.ROOT, "%,d", found.get("rows").getAsLong())),
                  Html.text(found.get("source").getAsString()))
          + scores()
          + (found.has("confusion") ? confusion() : "")
          + (found.has("hint") ? "<p>" + Html.text(found.get("hint").getAsString()) + "</p>" : "")
          + (found.has("curves")
              ? curves("ROC curve", "false positive rate", "recall", "roc", "auc")
                  + curves(
                      "Precision-recall curve",
                      "recall",
                      "precision",
                      "precision_recall",
                      "average_precision")
              : "")
          + (found.has("calibration") ? calibration() : "")
          + (found.has("values") ? values() : "");
    } catch (RuntimeException e) {
      return "";
    }
  }

  private String scores() {
    Map<String, String> titles = new LinkedHashMap<>(Map.of("loss", "loss"));
    titles.put("accuracy", "accuracy");
    for (Metric metric : Metric.values()) {
      titles.put(metric.key(), metric.title());
    }
    HtmlTable<JsonObject> table = new HtmlTable<>();
    titles.forEach(
        (key, title) -> {
          if (found.has(key) && found.get(key).isJsonPrimitive()) {
            double value = found.get(key).getAsDouble();
            boolean isLoss = LOSSES.contains(key);
            String text = isLoss ? NumberText.loss(value) : NumberText.plain(value);
            table.numbers(title, it -> Html.number(text));
          }
        });
    return table.html("Scores", List.of(found));
  }

  /** Counts, and below each the share of its row. */
  private String confusion() {
    List<long[]> counts = new ArrayList<>();
    for (JsonElement row : found.getAsJsonArray("confusion")) {
      counts.add(numbers(row.getAsJsonArray()));
    }
    if (counts.size() > MOST_CLASSES) {
      return "";
    }
    List<Integer> classes = IntStream.range(0, counts.size()).boxed().toList();
    HtmlTable<Integer> table = new HtmlTable<Integer>().names("actual / predicted", this::name);
    for (int taken : classes) {
      table.numbers(name(taken), label -> cell(counts.get(label), taken));
    }
    return table.html("Confusion matrix: counts and row percentages", classes);
  }

  private static long[] numbers(JsonArray row) {
    return IntStream.range(0, row.size()).mapToLong(i -> row.get(i).getAsLong()).toArray();
  }

  private static String cell(long[] row, int taken) {
    long all = IntStream.range(0, row.length).mapToLong(i -> row[i]).sum();
    double share = all == 0 ? 0 : (double) row[taken] / all;
    return "<td class=\"n heat%s\" style=\"--v:%.0f%%\">%d<small>%.0f %%</small></td>"
        .formatted(share > 0.5 ? " deep" : "", 100 * share, row[taken], 100 * share);
  }

  private String name(int k) {
    return found.has("classes")
        ? found.getAsJsonArray("classes").get(k).getAsString()
        : Integer.toString(k);
  }

  /** One for each class, with a legend: the name, and the figure that sums the curve up. */
  private String curves(String title, String x, String y, String key, String figure) {
    StringBuilder svg = new StringBuilder(key.equals("roc") ? DIAGONAL : "");
    StringBuilder legend = new StringBuilder("<ul>");
    int number = 0;
    for (JsonElement element : found.getAsJsonArray("curves")) {
      JsonObject curve = element.getAsJsonObject();
      String style =
          "style=\"stroke:var(--c%d)%s\""
              .formatted(number % Look.COLORS, number < Look.COLORS ? "" : ";stroke-dasharray:6 3");
      number++;
      svg.append("<polyline ").append(style).append(" points=\"");
      for (JsonElement point : curve.getAsJsonArray(key)) {
        JsonArray pair = point.getAsJsonArray();
        svg.append(at(pair.get(0).getAsDouble(), pair.get(1).getAsDouble(), SHARES, "%.1f,%.1f "));
      }
      svg.append("\"/>");
      legend.append(
          "<li><svg viewBox=\"0 0 24 6\"><path %s d=\"M0 3h24\"/></svg>%s: %s %s</li>"
              .formatted(
                  style,
                  Html.text(curve.get("class").getAsString()),
                  figure.equals("auc") ? "AUC" : figure.replace('_', ' '),
                  Html.text(NumberText.plain(curve.get(figure).getAsDouble()))));
    }
    return figure(title, x, y, SHARES, svg.toString(), legend + "</ul>");
  }

  /** A point for each bin; on the diagonal, the model is as often right as it is sure. */
  private String calibration() {
    List<double[]> points = new ArrayList<>();
    for (JsonElement element : found.getAsJsonArray("calibration")) {
      JsonObject bin = element.getAsJsonObject();
      double share = bin.get("rows").getAsDouble() / found.get("rows").getAsDouble();
      points.add(
          new double[] {
            bin.get("confidence").getAsDouble(), bin.get("accuracy").getAsDouble(), share
          });
    }
    return scatter(
        "Calibration; marker size: number of rows", "confidence", "accuracy", points, SHARES);
  }

  /** On the diagonal, a prediction is right. */
  private String values() {
    List<double[]> points = new ArrayList<>();
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (JsonElement element : found.getAsJsonArray("values")) {
      JsonArray pair = element.getAsJsonArray();
      double[] point = {pair.get(0).getAsDouble(), pair.get(1).getAsDouble()};
      points.add(point);
      low = Math.min(low, Math.min(point[0], point[1]));
      high = Math.max(high, Math.max(point[0], point[1]));
    }
    double[] range = {low, Math.max(high, Math.nextUp(low))};
    return scatter("Predictions", "target", "prediction", points, range);
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
