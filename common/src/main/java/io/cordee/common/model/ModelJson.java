package io.cordee.common.model;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import io.cordee.function.Layout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A {@link ModelSpec} as JSON, with the words of the job file. */
final class ModelJson {

  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

  private static final TypeToken<String> TEXT = TypeToken.get(String.class);
  private static final TypeToken<Integer> COUNT = TypeToken.get(Integer.class);
  private static final TypeToken<Long> SEED = TypeToken.get(Long.class);
  private static final TypeToken<Double> NUMBER = TypeToken.get(Double.class);
  private static final TypeToken<Boolean> TRUTH = TypeToken.get(Boolean.class);
  private static final TypeToken<List<Integer>> COUNTS = new TypeToken<>() {};
  private static final TypeToken<List<IdTable>> TABLES = new TypeToken<>() {};
  private static final TypeToken<Map<String, List<Integer>>> SHAPES = new TypeToken<>() {};
  private static final TypeToken<Map<String, String>> TEXTS = new TypeToken<>() {};

  private ModelJson() {}

  /**
   * The fields of an object: each is first written, if the object is known, and then read.
   *
   * @param says the object; empty if it is only read
   */
  private record Fields<S>(JsonObject json, Optional<S> says) {

    <T> Optional<T> find(String key, TypeToken<T> type, Function<S, Optional<T>> of) {
      says.flatMap(of).ifPresent(value -> json.add(key, JSON.toJsonTree(value)));
      return Optional.ofNullable(JSON.fromJson(json.get(key), type));
    }

    <T> T get(String key, TypeToken<T> type, Function<S, T> of) {
      return find(key, type, of.andThen(Optional::of))
          .orElseThrow(() -> new IllegalArgumentException(key + " is missing"));
    }

    <E extends Enum<E>> E word(String key, Class<E> type, Function<S, E> of) {
      return constant(key, type, get(key, TEXT, of.andThen(Words::of)));
    }

    <E extends Enum<E>> E constant(String key, Class<E> type, String word) {
      return Words.find(type, word)
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      key + " must be one of " + Words.all(type) + "; found " + word));
    }

    <I> Fields<I> inner(String key, Function<S, I> of) {
      JsonObject inner = get(key, TypeToken.get(JsonObject.class), it -> new JsonObject());
      return new Fields<>(inner, says.map(of));
    }
  }

  private static Mlp mlp(Fields<Mlp> model) {
    return new Mlp(
        model.get("layers", COUNTS, Mlp::layers),
        model.word("activation", Activation.class, Mlp::activation),
        model.word("output", Output.class, Mlp::output),
        model.word("loss", Loss.class, Mlp::loss),
        init(model.inner("init", Mlp::init)),
        model.find("derivative_offset", NUMBER, it -> unlessZero(it.derivativeOffset())).orElse(0.),
        model
            .find("sparse", TRUTH, it -> Optional.of(it.isSparse()).filter(yes -> yes))
            .orElse(false),
        ids(model));
  }

  private static List<IdTable> ids(Fields<? extends ModelSpec> model) {
    return model
        .find("ids", TABLES, it -> Optional.of(it.ids()).filter(ids -> !ids.isEmpty()))
        .orElse(List.of());
  }

  private static Init init(Fields<Init> init) {
    return new Init(
        init.word("scheme", Init.Scheme.class, Init::scheme),
        init.get("seed", SEED, Init::seed),
        init.find("range", NUMBER, it -> unlessZero(it.range())).orElse(0.),
        init.find("file", TEXT, it -> it.weights().map(FirstWeights::file))
            .map(file -> weights(file, init, it -> it.weights().orElseThrow())));
  }

  private static Optional<Double> unlessZero(double number) {
    return Optional.of(number).filter(it -> it != 0);
  }

  private static <S> FirstWeights weights(
      String file, Fields<S> fields, Function<S, FirstWeights> of) {
    return FirstWeights.in(file, fields.get("checksum", TEXT, of.andThen(FirstWeights::checksum)));
  }

  private static FunctionModel function(Fields<FunctionModel> model) {
    String file = model.get("parameters", TEXT, it -> it.weights().file());
    FirstWeights weights = weights(file, model, FunctionModel::weights);
    return new FunctionModel(
        Layout.of(new LinkedHashMap<>(model.get("tensors", SHAPES, ModelJson::shapes))),
        weights,
        model.find("function", TEXT, FunctionModel::function),
        model.find("file", TEXT, FunctionModel::file),
        model.get("settings", TEXTS, FunctionModel::settings),
        model.get("inputs", COUNT, FunctionModel::inputs),
        model.get("outputs", COUNT, FunctionModel::outputs),
        model
            .find("loss", TEXT, it -> it.loss().map(Words::of))
            .map(word -> model.constant("loss", Loss.class, word)),
        model.get("exact", TRUTH, FunctionModel::isExact),
        model.get("seed", SEED, FunctionModel::seed),
        ids(model));
  }

  private static Map<String, List<Integer>> shapes(FunctionModel model) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    model.given().tensors().forEach(it -> shapes.put(it.name(), it.shape()));
    return shapes;
  }

  static String write(ModelSpec model) {
    JsonObject json = new JsonObject();
    if (model instanceof Mlp mlp) {
      mlp(new Fields<>(json, Optional.of(mlp)));
    } else {
      function(new Fields<>(json, Optional.of((FunctionModel) model)));
    }
    return json.toString();
  }

  /**
   * @throws IllegalArgumentException if the text is not the JSON of a model
   */
  static ModelSpec read(String text) {
    try {
      JsonObject json = JSON.fromJson(text, JsonObject.class);
      return json.has("tensors")
          ? function(new Fields<>(json, Optional.empty()))
          : mlp(new Fields<>(json, Optional.empty()));
    } catch (JsonParseException | NullPointerException e) { // of a null in a list
      throw new IllegalArgumentException("not the JSON of a model", e);
    }
  }
}
