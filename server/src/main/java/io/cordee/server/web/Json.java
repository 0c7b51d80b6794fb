package io.cordee.server.web;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** Writes JSON as short as it can be: numbers to seven digits, none where there is none. */
final class Json {

  /** Writes what belongs into an object or array. */
  @FunctionalInterface
  interface Body {
    void write() throws IOException;
  }

  private final StringWriter text = new StringWriter();
  private final JsonWriter writer = new JsonWriter(text);

  static String of(Consumer<Json> content) {
    Json json = new Json();
    json.object(() -> content.accept(json));
    return json.text.toString();
  }

  private void run(Body body) {
    try {
      body.write();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter has no reason to
    }
  }

  Json name(String name) {
    run(() -> writer.name(name));
    return this;
  }

  void object(Body body) {
    run(
        () -> {
          writer.beginObject();
          body.write();
          writer.endObject();
        });
  }

  void array(Body body) {
    run(
        () -> {
          writer.beginArray();
          body.write();
          writer.endArray();
        });
  }

  void value(String value) {
    run(() -> writer.value(value));
  }

  void value(long value) {
    run(() -> writer.value(value));
  }

  void value(boolean value) {
    run(() -> writer.value(value));
  }

  /** What is not finite is null. */
  void value(double value) {
    float rounded = (float) value;
    if (!Float.isFinite(rounded)) {
      run(writer::nullValue);
    } else if (rounded == (long) rounded) {
      value((long) rounded);
    } else {
      run(() -> writer.jsonValue(Float.toString(rounded)));
    }
  }
}
