package io.cordee.bench.report;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonSerializationContext;
import com.google.gson.JsonSerializer;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A report as JSON: the machine, and for each figure medians, quartiles and the bar. */
public final class JsonReport {

  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .registerTypeAdapter(Figure.class, (JsonSerializer<Figure>) JsonReport::figure)
          .create();

  private record Whole(Map<String, String> machine, List<Report.Section> benchmarks) {}

  private JsonReport() {}

  public static void write(Path file, Map<String, String> machine, Report report)
      throws IOException {
    Files.writeString(file, GSON.toJson(new Whole(machine, report.sections())) + "\n");
  }

  private static JsonElement figure(Figure figure, Type type, JsonSerializationContext json) {
    JsonObject object = new JsonObject();
    object.addProperty("name", figure.name());
    object.addProperty("unit", figure.unit());
    object.add("measured", json.serialize(figure.measured()));
    object.addProperty("limit_is", figure.limitName());
    object.add("limit", json.serialize(figure.limit()));
    object.add("ratio", json.serialize(figure.ratio()));
    object.addProperty(
        figure.bar().side() == Bar.Side.AT_LEAST ? "at_least" : "at_most", figure.bar().value());
    object.addProperty("met", figure.isGood());
    return object;
  }
}
