package io.cordee.experiment.report;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Metrics.Measure;
import io.cordee.experiment.run.Run;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** What the charts of a report are drawn from: JSON that is safe to stand in HTML. */
final class ReportData {

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
    json.add("ends", ends(group));
    json.add("loss", curve(group, Measure.LOSS));
    json.add("train", curve(group, Measure.TRAIN_ACCURACY));
    json.add("test", curve(group, Measure.TEST_ACCURACY));
    return json;
  }

  /** What the tables have of the end, by what the charts call it. */
  private static JsonObject ends(Group group) {
    JsonObject json = new JsonObject();
    json.addProperty("loss", end(group, Measure.LOSS, Figures::loss));
    json.addProperty("train", end(group, Measure.TRAIN_ACCURACY, Figures::plain));
    json.addProperty("test", end(group, Measure.TEST_ACCURACY, Figures::plain));
    json.addProperty("test-error", end(group, Measure.TEST_ACCURACY, a -> Figures.plain(1 - a)));
    return json;
  }

  private static String end(Group group, Measure measure, DoubleFunction<String> format) {
    return group
        .spread(run -> run.metrics().last(measure))
        .map(spread -> format.apply(spread.median()))
        .orElse("–");
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
      array.add(Figures.shown(value));
    }
    return array;
  }

  private static JsonArray strings(List<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }
}
