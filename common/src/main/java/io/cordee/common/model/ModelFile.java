package io.cordee.common.model;

import io.cordee.common.file.Draft;
import io.cordee.common.file.WholeFile;
import io.cordee.common.kernel.Xxh64;
import io.cordee.common.wire.FloatCodec;
import io.cordee.function.Layout;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A trained model: a safetensors file with the tensors of its {@link Layout}, and in its metadata
 * the model's description and whatever its maker says of it.
 *
 * <p>The file is the length of the header (8 bytes, little-endian), the header (JSON), and the
 * tensors' elements. Reading trusts nothing in it: lengths and offsets are held against the file's
 * size before memory is taken.
 *
 * @param parameters the parameter vector, in the order of the layout; not copied
 * @param metadata what the maker says of it
 */
public record ModelFile(ModelSpec model, float[] parameters, Map<String, String> metadata)
    implements Serializable {

  /** The value of the key {@code format} in the metadata of every model file that is written. */
  static final String FORMAT = "cordee-model-2";

  /** The format of older files, whose checksum is that of the parameters alone. */
  static final String OLDER_FORMAT = "cordee-model-1";

  static final String FORMAT_KEY = "format";
  static final String MODEL_KEY = "model";

  /**
   * The key whose value is two XXH64 of 16 hex digits each: one of the header's bytes, in which
   * zeros stand for these first digits, and one of the parameters.
   */
  static final String CHECKSUM_KEY = "checksum";

  /** Hex digits of an XXH64. */
  static final int DIGITS = 16;

  /**
   * The longest header that is written or read. The format allows 100 MB; ours holds a job file,
   * which is at most 1 MiB, and some 100 bytes per tensor.
   */
  static final int MAX_HEADER_BYTES = 8 << 20;

  private static final int WRITTEN_FLOATS = 1 << 18;

  public ModelFile {
    metadata = Map.copyOf(metadata);
  }

  static String checksum(float[] parameters) {
    return checksum(Xxh64.hash(parameters, 0, parameters.length));
  }

  static String checksum(long hash) {
    return String.format("%016x", hash);
  }

  /** Returns the checksum of a header, in which zeros stand for the first digits of the value. */
  static String checksum(byte[] header, String value) {
    byte[] others = header.clone();
    int own = new String(header, StandardCharsets.ISO_8859_1).indexOf('"' + value + '"') + 1;
    Arrays.fill(others, own, own + DIGITS, (byte) '0');
    return checksum(Xxh64.hash(others));
  }

  /**
   * Writes a model file, as a whole or not at all: to a file beside it first, which then takes its
   * name. Besides the parameters it takes a buffer of 1 MiB.
   *
   * @param parts the parameters in the order of the model's layout, one part after the other; each
   *     is asked for once
   * @param metadata any but {@code format}, {@code model} and {@code checksum}, which are the
   *     file's own
   * @throws ModelFileException if it cannot be written
   * @throws IllegalArgumentException if there are too few or too many parameters, or the metadata
   *     has a key of the file's own
   */
  public static void write(
      Path file, ModelSpec model, Iterable<float[]> parts, Map<String, String> metadata)
      throws ModelFileException {
    Layout layout = model.layout();
    Xxh64.Floats sum = new Xxh64.Floats();
    try {
      byte[] header = header(model, sum.hash(), metadata);
      if (header.length > MAX_HEADER_BYTES) {
        throw new IllegalArgumentException(
            String.format(
                "the header of %s would have %d bytes; at most %d are read again",
                file, header.length, MAX_HEADER_BYTES));
      }
      try (Draft draft = Draft.of(file)) {
        FileChannel channel = draft.channel();
        writeHeader(header, channel);
        ByteBuffer buffer = buffer();
        long parameters = 0;
        for (float[] part : parts) {
          sum.add(part, 0, part.length);
          write(part, buffer, channel);
          parameters += part.length;
        }
        if (parameters != layout.parameters()) {
          throw new IllegalArgumentException(
              String.format(
                  "model %s has %d parameters; found %d",
                  model.summary(), layout.parameters(), parameters));
        }
        writeHeader(header(model, sum.hash(), metadata), channel.position(0)); // of the same length
        draft.commit();
      }
    } catch (IOException e) {
      throw new ModelFileException(file, "cannot be written", e);
    }
  }

  /** The same, of parameters in one part. */
  public static void write(
      Path file, ModelSpec model, float[] parameters, Map<String, String> metadata)
      throws ModelFileException {
    write(file, model, List.of(parameters), metadata);
  }

  /**
   * Writes the tensors as a safetensors file for other programs: it is no model file, as it does
   * not describe the model.
   *
   * @param parameters in the order of the model's layout
   * @param metadata all that the file says beside them
   */
  public static void writeTensors(
      WritableByteChannel to, Layout layout, float[] parameters, Map<String, String> metadata)
      throws IOException {
    writeHeader(SafetensorsHeader.of(layout, metadata).toBytes(), to);
    write(parameters, buffer(), to);
  }

  private static byte[] header(ModelSpec model, long sum, Map<String, String> metadata)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(FORMAT_KEY, FORMAT);
    all.put(MODEL_KEY, ModelJson.write(model));
    String blank = "0".repeat(DIGITS) + checksum(sum);
    all.put(CHECKSUM_KEY, blank);
    new TreeMap<>(metadata)
        .forEach(
            (key, value) -> {
              if (all.putIfAbsent(key, value) != null) {
                throw new IllegalArgumentException(
                    "the metadata key " + key + " is the model file's own");
              }
            });
    byte[] header = SafetensorsHeader.of(model.layout(), all).toBytes();
    all.put(CHECKSUM_KEY, checksum(header, blank) + checksum(sum));
    return SafetensorsHeader.of(model.layout(), all).toBytes();
  }

  private static void writeHeader(byte[] header, WritableByteChannel channel) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    WholeFile.writeAll(length.putLong(0, header.length), channel);
    WholeFile.writeAll(ByteBuffer.wrap(header), channel);
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(WRITTEN_FLOATS * Float.BYTES);
  }

  private static void write(float[] parameters, ByteBuffer buffer, WritableByteChannel channel)
      throws IOException {
    int at = 0;
    while (at < parameters.length) {
      int count = Math.min(WRITTEN_FLOATS, parameters.length - at);
      FloatCodec.encode(parameters, at, count, buffer.clear());
      WholeFile.writeAll(buffer.flip(), channel);
      at += count;
    }
  }

  /**
   * Reads a model file. The tensors of an older one may lie in any order, as other programs may
   * have written it again, possibly without a checksum.
   *
   * @return with the metadata that were given to {@link #write}
   * @throws ModelFileException if there is no such file, or it is not a whole and valid model file
   */
  public static ModelFile read(Path file) throws ModelFileException {
    return ModelFileReader.read(file);
  }

  /**
   * Reads what a model file says of itself, without its parameters.
   *
   * @throws ModelFileException if there is no such file, or it is no model file
   */
  public static Map<String, String> readMetadata(Path file) throws ModelFileException {
    return ModelFileReader.readMetadata(file);
  }

  /**
   * The same, of a file that {@link #read} would not refuse: the parameters are read, but not kept.
   *
   * @throws ModelFileException if it is not a whole and valid model file
   */
  public static Map<String, String> readCheckedMetadata(Path file) throws ModelFileException {
    return ModelFileReader.readCheckedMetadata(file);
  }

  /**
   * Returns true if a model file's checksum covers its metadata; that of an older one does not.
   *
   * @throws ModelFileException if there is no such file, or its header is damaged
   */
  public static boolean coversMetadata(Path file) throws ModelFileException {
    return ModelFileReader.coversMetadata(file);
  }
}
