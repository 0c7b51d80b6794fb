package io.cordee.server.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Collection;
import java.util.function.Function;

/** A JSON object as short as it can be: numbers to seven digits, null for what is not finite. */
final class Json {

  private final JsonObject object = new JsonObject();

  Json put(String name, String value) {
    object.addProperty(name, value);
    return this;
  }

  Json put(String name, boolean value) {
    object.addProperty(name, value);
    return this;
  }

  Json put(String name, double value) {
    return put(name, number(value));
  }

  Json put(String name, long value) {
    object.addProperty(name, value);
    return this;
  }

  Json put(String name, JsonElement value) {
    object.add(name, value);
    return this;
  }

  JsonObject build() {
    return object;
  }

  /** What each of these is as JSON. */
  static <T> JsonArray array(Collection<T> items, Function<T, JsonElement> json) {
    JsonArray array = new JsonArray();
    items.forEach(item -> array.add(json.apply(item)));
    return array;
  }

  static JsonArray numbers(double... values) {
    JsonArray array = new JsonArray();
    for (double value : values) {
      array.add(number(value));
    }
    return array;
  }

  private static JsonElement number(double value) {
    float rounded = (float) value;
    if (!Float.isFinite(rounded)) {
      return JsonNull.INSTANCE;
    }
    return rounded == (long) rounded
        ? new JsonPrimitive((long) rounded)
        : new JsonPrimitive(rounded);
  }
}
