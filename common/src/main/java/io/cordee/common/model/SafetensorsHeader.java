package io.cordee.common.model;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import io.cordee.function.Layout;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file: which tensors lie where in the data behind it, and text by
 * key.
 *
 * <p>Source: the <a href="https://github.com/huggingface/safetensors#format">format's
 * description</a>.
 *
 * @param metadata of the key {@code __metadata__}
 * @param tensors by name
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> tensors) {

  static final String F32 = "F32";

  private static final String METADATA = "__metadata__";
  private static final int ALIGNMENT = 8;

  /**
   * @param begin offset of its first byte, from the first byte behind the header
   * @param end offset of the byte behind its last
   */
  record Entry(String dtype, List<Integer> shape, long begin, long end) {

    static final Comparator<Entry> BY_PLACE =
        Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end);

    Entry {
      shape = List.copyOf(shape);
    }
  }

  SafetensorsHeader {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** The header of float32 tensors that lie in the order of their layout. */
  static SafetensorsHeader of(Layout layout, Map<String, String> metadata) {
    Map<String, Entry> tensors = new LinkedHashMap<>();
    for (Layout.Tensor tensor : layout.tensors()) {
      long begin = (long) tensor.offset() * Float.BYTES;
      long end = begin + (long) tensor.size() * Float.BYTES;
      tensors.put(tensor.name(), new Entry(F32, tensor.shape(), begin, end));
    }
    return new SafetensorsHeader(metadata, tensors);
  }

  /** As UTF-8 text, padded with spaces so that the data behind it is aligned. */
  byte[] toBytes() throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject().name(METADATA).beginObject();
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        json.name(entry.getKey()).value(entry.getValue());
      }
      json.endObject();
      for (Map.Entry<String, Entry> tensor : tensors.entrySet()) {
        write(tensor.getKey(), tensor.getValue(), json);
      }
      json.endObject();
    }
    // Unlike getBytes, it refuses half a surrogate pair instead of replacing it.
    ByteBuffer encoded =
        StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text.toString()));
    byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
    int padded = (bytes.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] header = Arrays.copyOf(bytes, padded);
    Arrays.fill(header, bytes.length, padded, (byte) ' ');
    return header;
  }

  private static void write(String name, Entry tensor, JsonWriter json) throws IOException {
    json.name(name).beginObject();
    json.name("dtype").value(tensor.dtype());
    json.name("shape").beginArray();
    for (int extent : tensor.shape()) {
      json.value(extent);
    }
    json.endArray();
    json.name("data_offsets").beginArray().value(tensor.begin()).value(tensor.end()).endArray();
    json.endObject();
  }

  /**
   * @throws IOException if the bytes are no such header; the message says why
   */
  static SafetensorsHeader parse(byte[] bytes) throws IOException {
    if (bytes.length == 0 || bytes[0] != '{') {
      throw new IOException("it does not begin with {");
    }
    String text = utf8(bytes);
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, Entry> tensors = new LinkedHashMap<>();
    try (JsonReader json = new JsonReader(new StringReader(text))) {
      json.setStrictness(Strictness.STRICT);
      boolean metadataSeen = false;
      json.beginObject();
      while (json.hasNext()) {
        String name = json.nextName();
        if (!name.equals(METADATA)) {
          putOnce(name, readTensor(name, json), tensors);
        } else if (metadataSeen) {
          throw new IOException(METADATA + " is there twice");
        } else {
          metadataSeen = true;
          readMetadata(json, metadata);
        }
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("there is something after its last }");
      }
    } catch (MalformedJsonException
        | EOFException
        | IllegalStateException
        | NumberFormatException e) {
      // The last two are how the reader says that a token is of another kind than expected; what
      // follows the first line is advice for programmers.
      throw new IOException(e.getMessage().lines().findFirst().orElse(""), e);
    }
    return new SafetensorsHeader(metadata, tensors);
  }

  private static String utf8(byte[] bytes) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("it is not UTF-8 text", e);
    }
  }

  private static void readMetadata(JsonReader json, Map<String, String> into) throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      if (json.peek() != JsonToken.STRING) {
        throw new IOException(METADATA + " has something other than text at " + key);
      }
      putOnce(key, json.nextString(), into);
    }
    json.endObject();
  }

  private static Entry readTensor(String name, JsonReader json) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    json.beginObject();
    while (json.hasNext()) {
      String field = json.nextName();
      switch (field) {
        case "dtype" -> putOnce(field, json.nextString(), fields);
        case "shape", "data_offsets" -> putOnce(field, readNumbers(json), fields);
        default -> throw new IOException("tensor " + name + " has an unknown field " + field);
      }
    }
    json.endObject();
    if (fields.size() < 3) {
      throw new IOException(
          "tensor " + name + " needs dtype, shape and data_offsets; found " + fields.keySet());
    }
    List<Integer> shape = new ArrayList<>();
    for (long extent : (long[]) fields.get("shape")) {
      if (extent < 0 || extent > Integer.MAX_VALUE) {
        throw new IOException("tensor " + name + " has an extent of " + extent);
      }
      shape.add((int) extent);
    }
    long[] offsets = (long[]) fields.get("data_offsets");
    if (offsets.length != 2) {
      throw new IOException("tensor " + name + " needs 2 data_offsets; found " + offsets.length);
    }
    return new Entry((String) fields.get("dtype"), shape, offsets[0], offsets[1]);
  }

  private static long[] readNumbers(JsonReader json) throws IOException {
    List<Long> numbers = new ArrayList<>();
    json.beginArray();
    while (json.hasNext()) {
      numbers.add(json.nextLong());
    }
    json.endArray();
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private static <V> void putOnce(String key, V value, Map<String, V> into) throws IOException {
    if (into.putIfAbsent(key, value) != null) {
      throw new IOException(key + " is there twice");
    }
  }
}
