package io.cordee.common.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.cordee.function.Layout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A {@link ModelSpec} as JSON, with the words of the job file. */
final class ModelJson {

  private static final String TENSORS = "tensors";
  private static final String CHECKSUM = "checksum";
  private static final String FUNCTION = "function";
  private static final String FILE = "file";
  private static final String FILE_SHA256 = "file_sha256";
  private static final String SETTINGS = "settings";

  private ModelJson() {}

  static String write(ModelSpec model) {
    return (model instanceof Mlp mlp ? write(mlp) : write((FunctionModel) model)).toString();
  }

  private static JsonObject write(Mlp model) {
    JsonObject init = new JsonObject();
    init.addProperty("scheme", Words.of(model.init().scheme()));
    init.addProperty("seed", model.init().seed());
    if (model.init().scheme() == Init.Scheme.UNIFORM) {
      init.addProperty("range", model.init().range());
    }
    model.init().weights().ifPresent(weights -> write(weights, FILE, init));
    JsonObject json = new JsonObject();
    json.add("layers", array(model.layers()));
    json.addProperty("activation", Words.of(model.activation()));
    json.addProperty("output", Words.of(model.output()));
    json.addProperty("loss", Words.of(model.loss()));
    json.add("init", init);
    if (model.derivativeOffset() > 0) {
      json.addProperty("derivative_offset", model.derivativeOffset());
    }
    return json;
  }

  private static JsonObject write(FunctionModel model) {
    JsonObject json = new JsonObject();
    write(model.weights(), "parameters", json);
    JsonObject tensors = new JsonObject();
    model.layout().tensors().forEach(it -> tensors.add(it.name(), array(it.shape())));
    json.add(TENSORS, tensors);
    model.function().ifPresent(name -> json.addProperty(FUNCTION, name));
    model.file().ifPresent(name -> json.addProperty(FILE, name));
    model.fileSha256().ifPresent(sum -> json.addProperty(FILE_SHA256, sum));
    JsonObject settings = new JsonObject();
    model.settings().forEach(settings::addProperty);
    json.add(SETTINGS, settings);
    json.addProperty("inputs", model.inputs());
    json.addProperty("outputs", model.outputs());
    model.loss().ifPresent(loss -> json.addProperty("loss", Words.of(loss)));
    json.addProperty("exact", model.isExact());
    json.addProperty("seed", model.seed());
    return json;
  }

  private static void write(FirstWeights weights, String key, JsonObject into) {
    into.addProperty(key, weights.file());
    into.addProperty(CHECKSUM, weights.checksum());
  }

  private static JsonArray array(List<Integer> numbers) {
    JsonArray array = new JsonArray();
    numbers.forEach(array::add);
    return array;
  }

  /**
   * @throws IllegalArgumentException if the text is not the JSON of a model
   */
  static ModelSpec read(String text) {
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      return json.has(TENSORS) ? readFunction(json) : readMlp(json);
    } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
      throw new IllegalArgumentException("not the JSON of a model", e);
    }
  }

  private static Mlp readMlp(JsonObject json) {
    List<Integer> layers = numbers(element(json, "layers"));
    JsonObject init = element(json, "init").getAsJsonObject();
    return new Mlp(
        layers,
        word(json, "activation", Activation.class),
        word(json, "output", Output.class),
        word(json, "loss", Loss.class),
        new Init(
            word(init, "scheme", Init.Scheme.class),
            element(init, "seed").getAsLong(),
            init.has("range") ? init.get("range").getAsDouble() : 0,
            init.has(FILE) ? Optional.of(weights(init, FILE)) : Optional.empty()),
        json.has("derivative_offset") ? json.get("derivative_offset").getAsDouble() : 0);
  }

  private static FunctionModel readFunction(JsonObject json) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    element(json, TENSORS)
        .getAsJsonObject()
        .entrySet()
        .forEach(tensor -> shapes.put(tensor.getKey(), numbers(tensor.getValue())));
    Map<String, String> settings = new LinkedHashMap<>();
    element(json, SETTINGS)
        .getAsJsonObject()
        .entrySet()
        .forEach(setting -> settings.put(setting.getKey(), setting.getValue().getAsString()));
    return new FunctionModel(
        Layout.of(shapes),
        weights(json, "parameters"),
        text(json, FUNCTION),
        text(json, FILE),
        text(json, FILE_SHA256),
        settings,
        element(json, "inputs").getAsInt(),
        element(json, "outputs").getAsInt(),
        json.has("loss") ? Optional.of(word(json, "loss", Loss.class)) : Optional.empty(),
        element(json, "exact").getAsBoolean(),
        element(json, "seed").getAsLong());
  }

  private static FirstWeights weights(JsonObject json, String key) {
    return FirstWeights.in(element(json, key).getAsString(), element(json, CHECKSUM).getAsString());
  }

  private static Optional<String> text(JsonObject json, String key) {
    return json.has(key) ? Optional.of(json.get(key).getAsString()) : Optional.empty();
  }

  private static List<Integer> numbers(JsonElement array) {
    List<Integer> numbers = new ArrayList<>();
    for (JsonElement number : array.getAsJsonArray()) {
      numbers.add(number.getAsInt());
    }
    return numbers;
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
