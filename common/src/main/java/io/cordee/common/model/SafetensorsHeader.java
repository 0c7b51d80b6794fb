package io.cordee.common.model;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.cordee.function.Layout;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

  private static final Gson JSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .setStrictness(Strictness.STRICT)
          .disableHtmlEscaping()
          .create();

  private static final TypeToken<Map<String, String>> TEXTS = new TypeToken<>() {};

  /**
   * A tensor, as the header has it.
   *
   * @param dataOffsets of its first byte, and of the byte behind its last, from the first byte
   *     behind the header
   */
  record Entry(String dtype, List<Integer> shape, List<Long> dataOffsets) {

    static final Comparator<Entry> BY_PLACE =
        Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end);

    long begin() {
      return dataOffsets.get(0);
    }

    long end() {
      return dataOffsets.get(1);
    }

    private boolean isWhole() {
      return dtype != null
          && shape != null
          && shape.stream().allMatch(extent -> extent != null && extent >= 0)
          && dataOffsets != null
          && dataOffsets.size() == 2
          && !dataOffsets.contains(null);
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
      tensors.put(tensor.name(), new Entry(F32, tensor.shape(), List.of(begin, end)));
    }
    return new SafetensorsHeader(metadata, tensors);
  }

  /** As UTF-8 text, padded with spaces so that the data behind it is aligned. */
  byte[] toBytes() throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(METADATA, metadata);
    all.putAll(tensors);
    // Unlike getBytes, it refuses half a surrogate pair instead of replacing it.
    ByteBuffer encoded =
        StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(JSON.toJson(all)));
    byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
    int padded = (bytes.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] header = Arrays.copyOf(bytes, padded);
    Arrays.fill(header, bytes.length, padded, (byte) ' ');
    return header;
  }

  /**
   * @throws IOException if the bytes are no such header; the message says why
   */
  static SafetensorsHeader parse(byte[] bytes) throws IOException {
    if (bytes.length == 0 || bytes[0] != '{') {
      throw new IOException("it does not begin with {");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, Entry> tensors = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    try (JsonReader json = new JsonReader(new StringReader(utf8(bytes)))) {
      json.setStrictness(Strictness.STRICT);
      json.beginObject();
      while (json.hasNext()) {
        String name = json.nextName();
        if (!seen.add(name)) {
          throw new IOException(name + " is there twice");
        }
        if (name.equals(METADATA)) {
          metadata.putAll(metadata(json));
        } else {
          tensors.put(name, tensor(name, json));
        }
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("there is something after its last }");
      }
    } catch (MalformedJsonException | EOFException | IllegalStateException | JsonParseException e) {
      // What follows the first line is advice for programmers.
      Throwable why = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(why.getMessage()).lines().findFirst().orElse(""), e);
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

  private static Map<String, String> metadata(JsonReader json) throws IOException {
    Map<String, String> texts = JSON.fromJson(json, TEXTS);
    if (texts == null || texts.containsValue(null)) {
      throw new IOException(METADATA + " has something other than text");
    }
    return texts;
  }

  private static Entry tensor(String name, JsonReader json) throws IOException {
    Entry entry = JSON.fromJson(json, Entry.class);
    if (entry == null || !entry.isWhole()) {
      throw new IOException(
          "tensor %s needs dtype, shape and 2 data_offsets; found %s"
              .formatted(name, JSON.toJson(entry)));
    }
    return entry;
  }
}
