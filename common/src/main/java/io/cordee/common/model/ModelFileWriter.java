package io.cordee.common.model;

import io.cordee.common.file.Draft;
import io.cordee.common.wire.FloatCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Writes model files; besides the parameters it takes a buffer of 1 MiB. */
final class ModelFileWriter {

  private static final int BUFFER_FLOATS = 1 << 18;

  private ModelFileWriter() {}

  static void write(Path file, ModelFile content) throws ModelFileException {
    Layout layout = Layout.of(content.model());
    if (content.parameters().length != layout.parameters()) {
      throw new IllegalArgumentException(
          String.format(
              "a model of layers %s has %d parameters; found %d",
              content.model().layers(), layout.parameters(), content.parameters().length));
    }
    try {
      byte[] header = SafetensorsHeader.of(layout, metadata(content)).toBytes();
      if (header.length > ModelFile.MAX_HEADER_BYTES) {
        throw new IllegalArgumentException(
            String.format(
                "the header of %s would have %d bytes; at most %d are read again",
                file, header.length, ModelFile.MAX_HEADER_BYTES));
      }
      try (Draft draft = Draft.of(file)) {
        write(header, content.parameters(), draft.channel());
        draft.commit();
      }
    } catch (IOException e) {
      throw new ModelFileException(file, "cannot be written", e);
    }
  }

  private static Map<String, String> metadata(ModelFile content) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(ModelFile.FORMAT_KEY, ModelFile.FORMAT);
    all.put(ModelFile.MODEL_KEY, ModelJson.write(content.model()));
    all.put(ModelFile.CHECKSUM_KEY, ModelFile.checksum(content.parameters()));
    new TreeMap<>(content.metadata())
        .forEach(
            (key, value) -> {
              if (all.putIfAbsent(key, value) != null) {
                throw new IllegalArgumentException(
                    "the metadata key " + key + " is the model file's own");
              }
            });
    return all;
  }

  static void write(byte[] header, float[] parameters, WritableByteChannel channel)
      throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    writeAll(length.putLong(0, header.length), channel);
    writeAll(ByteBuffer.wrap(header), channel);
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_FLOATS * Float.BYTES);
    int at = 0;
    while (at < parameters.length) {
      int count = Math.min(BUFFER_FLOATS, parameters.length - at);
      FloatCodec.encode(parameters, at, count, buffer.clear());
      writeAll(buffer.flip(), channel);
      at += count;
    }
  }

  private static void writeAll(ByteBuffer bytes, WritableByteChannel channel) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
