package io.cordee.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report as JSON: the machine, and for each figure medians, quartiles and the bar. */
public final class JsonReport {

  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  private JsonReport() {}

  public static void write(Path file, Map<String, String> machine, List<Report.Section> sections)
      throws IOException {
    JsonObject root = new JsonObject();
    root.add("machine", GSON.toJsonTree(machine));
    JsonArray benchmarks = new JsonArray();
    sections.forEach(section -> benchmarks.add(section(section)));
    root.add("benchmarks", benchmarks);
    Files.writeString(file, GSON.toJson(root) + "\n");
  }

  private static JsonObject section(Report.Section section) {
    JsonObject object = new JsonObject();
    object.addProperty("benchmark", section.benchmark());
    JsonArray figures = new JsonArray();
    section.figures().forEach(figure -> figures.add(figure(figure)));
    object.add("figures", figures);
    object.add("notes", GSON.toJsonTree(section.notes()));
    return object;
  }

  private static JsonObject figure(Figure figure) {
    JsonObject object = new JsonObject();
    object.addProperty("name", figure.name());
    object.addProperty("unit", figure.unit());
    object.add("measured", spread(figure.measured()));
    object.addProperty("limit_is", figure.limitName());
    object.add("limit", spread(figure.limit()));
    object.add("ratio", spread(figure.ratio()));
    if (figure.bar().side() != Bar.Side.NONE) {
      object.addProperty(figure.bar().side().name().toLowerCase(Locale.ROOT), figure.bar().value());
      object.addProperty("met", figure.isGood());
    }
    return object;
  }

  private static JsonObject spread(Spread spread) {
    JsonObject object = new JsonObject();
    object.addProperty("median", spread.median());
    object.addProperty("lower_quartile", spread.lower());
    object.addProperty("upper_quartile", spread.upper());
    object.addProperty("count", spread.count());
    return object;
  }
}
