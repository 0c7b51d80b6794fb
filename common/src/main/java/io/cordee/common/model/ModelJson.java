package io.cordee.common.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;

/** A {@link ModelSpec} as JSON, with the words of the job file. */
final class ModelJson {

  private ModelJson() {}

  static String write(ModelSpec model) {
    JsonObject init = new JsonObject();
    init.addProperty("scheme", Words.of(model.init().scheme()));
    init.addProperty("seed", model.init().seed());
    if (model.init().scheme() == Init.Scheme.UNIFORM) {
      init.addProperty("range", model.init().range());
    }
    JsonArray layers = new JsonArray();
    model.layers().forEach(layers::add);
    JsonObject json = new JsonObject();
    json.add("layers", layers);
    json.addProperty("activation", Words.of(model.activation()));
    json.addProperty("output", Words.of(model.output()));
    json.addProperty("loss", Words.of(model.loss()));
    json.add("init", init);
    if (model.derivativeOffset() > 0) {
      json.addProperty("derivative_offset", model.derivativeOffset());
    }
    return json.toString();
  }

  /**
   * @throws IllegalArgumentException if the text is not the JSON of a model
   */
  static ModelSpec read(String text) {
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      List<Integer> layers = new ArrayList<>();
      for (JsonElement units : element(json, "layers").getAsJsonArray()) {
        layers.add(units.getAsInt());
      }
      JsonObject init = element(json, "init").getAsJsonObject();
      return new ModelSpec(
          layers,
          word(json, "activation", Activation.class),
          word(json, "output", Output.class),
          word(json, "loss", Loss.class),
          new Init(
              word(init, "scheme", Init.Scheme.class),
              element(init, "seed").getAsLong(),
              init.has("range") ? init.get("range").getAsDouble() : 0),
          json.has("derivative_offset") ? json.get("derivative_offset").getAsDouble() : 0);
    } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
      throw new IllegalArgumentException("not the JSON of a model", e);
    }
  }

  private static <E extends Enum<E>> E word(JsonObject json, String key, Class<E> type) {
    String word = element(json, key).getAsString();
    return Words.find(type, word)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    key + " must be one of " + Words.all(type) + "; found " + word));
  }

  private static JsonElement element(JsonObject json, String key) {
    if (!json.has(key)) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return json.get(key);
  }
}
