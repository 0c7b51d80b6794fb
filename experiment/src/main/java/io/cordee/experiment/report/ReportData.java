package io.cordee.experiment.report;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Metrics.Measure;
import io.cordee.experiment.run.Run;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/** What the charts of a report are drawn from: JSON that is safe to stand in HTML. */
final class ReportData {

  private static final int DIGITS = 5;

  private ReportData() {}

  static String of(ReportSource source) {
    List<Look> looks = Look.of(source);
    JsonObject root = new JsonObject();
    JsonArray scales = new JsonArray();
    source.scales().forEach(scale -> scales.add(scale.name().toLowerCase(Locale.ROOT)));
    root.add("scales", scales);
    JsonObject axes = new JsonObject();
    source.axes().forEach((axis, values) -> axes.add(axis, strings(values)));
    root.add("axes", axes);
    JsonArray groups = new JsonArray();
    for (int i = 0; i < source.groups().size(); i++) {
      Group group = source.groups().get(i);
      groups.add(group(group, source.label(group), looks.get(i)));
    }
    root.add("groups", groups);
    // Gson writes <, > and & as escapes unless it is told otherwise.
    return new Gson().toJson(root);
  }

  private static JsonObject group(Group group, String label, Look look) {
    JsonObject json = new JsonObject();
    json.addProperty("label", label);
    JsonObject settings = new JsonObject();
    group.settings().forEach(settings::addProperty);
    json.add("settings", settings);
    json.addProperty("color", look.color());
    json.addProperty("dash", look.dash());
    Run first = group.runs().get(0);
    json.addProperty("rows", first.rowsPerRound().orElse(0));
    json.add("bytes", new JsonArray());
    first
        .bytes()
        .ifPresent(
            bytes -> {
              json.getAsJsonArray("bytes").add(bytes.start());
              json.getAsJsonArray("bytes").add(bytes.perRound());
            });
    json.add("loss", curve(group, Measure.LOSS));
    json.add("train", curve(group, Measure.TRAIN_ACCURACY));
    json.add("test", curve(group, Measure.TEST_ACCURACY));
    return json;
  }

  private static JsonObject curve(Group group, Measure measure) {
    Curve curve = Curve.of(group, measure);
    JsonObject json = new JsonObject();
    JsonArray rounds = new JsonArray();
    for (int round : curve.rounds()) {
      rounds.add(round);
    }
    json.add("r", rounds);
    json.add("s", numbers(curve.seconds()));
    json.add("m", numbers(curve.median()));
    if (group.runs().size() > 1) {
      json.add("lo", numbers(curve.low()));
      json.add("hi", numbers(curve.high()));
    }
    return json;
  }

  private static JsonArray numbers(double[] values) {
    JsonArray array = new JsonArray();
    for (double value : values) {
      array.add(new BigDecimal(value).round(new MathContext(DIGITS)).doubleValue());
    }
    return array;
  }

  private static JsonArray strings(List<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }
}
