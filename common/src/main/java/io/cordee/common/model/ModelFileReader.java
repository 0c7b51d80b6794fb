package io.cordee.common.model;

import io.cordee.common.kernel.Xxh64;
import io.cordee.common.wire.FloatCodec;
import io.cordee.function.Layout;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads one model file; besides the parameters it takes the header and a buffer of 1 MiB. Nothing
 * of the parameters' size is allocated before the file has been found to hold them.
 */
record ModelFileReader(Path file, FileChannel channel) {

  private static final int BUFFER_BYTES = 1 << 20;

  /** What is made of a file once it is open. */
  private interface Step<T> {
    T of(ModelFileReader reader) throws IOException;
  }

  static ModelFile read(Path file) throws ModelFileException {
    return open(file, ModelFileReader::read);
  }

  static Map<String, String> readMetadata(Path file) throws ModelFileException {
    return open(file, ModelFileReader::metadata);
  }

  static Map<String, String> readCheckedMetadata(Path file) throws ModelFileException {
    return open(file, ModelFileReader::checkedMetadata);
  }

  static TensorFile readTensors(Path file) throws ModelFileException {
    return open(file, ModelFileReader::tensors);
  }

  private TensorFile tensors() throws IOException {
    int headerBytes = headerBytes();
    SafetensorsHeader header = header(headerBytes);
    long data = Long.BYTES + headerBytes;
    Layout layout = layout(header, channel.size() - data);
    TensorFile found = new TensorFile(file, layout, parameters(header, layout, data));
    if (isModel(header.metadata())) {
      Layout own = layout(model(header.metadata())::layout);
      found.require(own);
      checkChecksum(header, ModelFile.checksum(found.parameters(own)));
    }
    return found;
  }

  static boolean coversMetadata(Path file) throws ModelFileException {
    return open(file, reader -> isNewer(reader.header(reader.headerBytes()).metadata()));
  }

  private static <T> T open(Path file, Step<T> step) throws ModelFileException {
    if (Files.isDirectory(file)) {
      throw new ModelFileException(
          file,
          "a directory; expected a model file, such as %s",
          file.resolve("model.safetensors"));
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return step.of(new ModelFileReader(file, channel));
    } catch (ModelFileException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new ModelFileException(file, "no such file");
    } catch (IOException e) {
      throw new ModelFileException(file, "cannot be read", e);
    }
  }

  private Map<String, String> metadata() throws IOException {
    SafetensorsHeader header = header(headerBytes());
    model(header.metadata());
    return ofMaker(header);
  }

  private static Map<String, String> ofMaker(SafetensorsHeader header) {
    Map<String, String> metadata = new HashMap<>(header.metadata());
    metadata.remove(ModelFile.FORMAT_KEY);
    metadata.remove(ModelFile.MODEL_KEY);
    metadata.remove(ModelFile.CHECKSUM_KEY);
    return metadata;
  }

  /**
   * A header whose tensors are those of the model.
   *
   * @param data where the tensors begin
   */
  private record Head(SafetensorsHeader header, ModelSpec model, Layout layout, long data) {}

  private Head head() throws IOException {
    int headerBytes = headerBytes();
    SafetensorsHeader header = header(headerBytes);
    ModelSpec model = model(header.metadata());
    Layout layout = layout(model::layout);
    long data = Long.BYTES + headerBytes;
    TensorFile.require(file, layout(header, channel.size() - data), layout);
    return new Head(header, model, layout, data);
  }

  private ModelFile read() throws IOException {
    Head head = head();
    float[] parameters = parameters(head.header(), head.layout(), head.data());
    checkChecksum(head.header(), ModelFile.checksum(parameters));
    return new ModelFile(head.model(), parameters, ofMaker(head.header()));
  }

  private Map<String, String> checkedMetadata() throws IOException {
    Head head = head();
    Xxh64.Floats sum = new Xxh64.Floats();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    float[] some = new float[BUFFER_BYTES / Float.BYTES];
    for (Layout.Tensor tensor : head.layout().tensors()) {
      channel.position(head.data() + head.header().tensors().get(tensor.name()).begin());
      for (int left = tensor.size(); left > 0; left -= some.length) {
        int count = Math.min(left, some.length);
        readFloats(some, 0, count, buffer);
        sum.add(some, 0, count);
      }
    }
    checkChecksum(head.header(), ModelFile.checksum(sum.hash()));
    return ofMaker(head.header());
  }

  /** {@code data} is where the tensors begin. */
  private float[] parameters(SafetensorsHeader header, Layout layout, long data)
      throws IOException {
    float[] parameters = new float[layout.parameters()];
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    for (Layout.Tensor tensor : layout.tensors()) {
      channel.position(data + header.tensors().get(tensor.name()).begin());
      readFloats(parameters, tensor.offset(), tensor.size(), buffer);
    }
    return parameters;
  }

  /** Checks the parameters; an older file may have no checksum. */
  private void checkChecksum(SafetensorsHeader header, String found) throws ModelFileException {
    String value = header.metadata().getOrDefault(ModelFile.CHECKSUM_KEY, found);
    String expected = isNewer(header.metadata()) ? value.substring(ModelFile.DIGITS) : value;
    if (!found.equals(expected)) {
      throw changed("expected parameters of checksum %s; found %s", expected, found);
    }
  }

  /** Checks the header itself, metadata and all, which an older file has no checksum of. */
  private void checkHeader(byte[] bytes, Map<String, String> metadata) throws ModelFileException {
    String value = metadata.getOrDefault(ModelFile.CHECKSUM_KEY, "none");
    if (isNewer(metadata) && value.length() != 2 * ModelFile.DIGITS) {
      throw changed("expected a checksum of %d digits; found %s", 2 * ModelFile.DIGITS, value);
    }
    if (isNewer(metadata) && !value.startsWith(ModelFile.checksum(bytes, value))) {
      throw changed(
          "expected a header of checksum %.16s; found %s", value, ModelFile.checksum(bytes, value));
    }
  }

  private static boolean isNewer(Map<String, String> metadata) {
    return ModelFile.FORMAT.equals(metadata.get(ModelFile.FORMAT_KEY));
  }

  private static boolean isModel(Map<String, String> metadata) {
    return isNewer(metadata) || ModelFile.OLDER_FORMAT.equals(metadata.get(ModelFile.FORMAT_KEY));
  }

  private int headerBytes() throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw notSafetensors("it has only " + size + " bytes");
    }
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(length);
    long bytes = length.getLong(0);
    if (bytes < 0 || bytes > ModelFile.MAX_HEADER_BYTES) {
      throw notSafetensors(
          String.format(
              "its first 8 bytes ask for a header of %s bytes; at most %d are expected",
              Long.toUnsignedString(bytes), ModelFile.MAX_HEADER_BYTES));
    }
    if (bytes > size - Long.BYTES) {
      throw refused(
          "cut short: its header should end at byte %d, and the file ends at byte %d",
          Long.BYTES + bytes, size);
    }
    return (int) bytes;
  }

  private SafetensorsHeader header(int bytes) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(bytes);
    readFully(header);
    SafetensorsHeader parsed;
    try {
      parsed = SafetensorsHeader.parse(header.array());
    } catch (IOException e) {
      throw notSafetensors("its header is not valid: " + e.getMessage());
    }
    checkHeader(header.array(), parsed.metadata());
    return parsed;
  }

  private ModelSpec model(Map<String, String> metadata) throws ModelFileException {
    if (!isModel(metadata)) {
      throw refused(
          "not a model of Cordee's: expected %s (or an older file's %s) as the format in the"
              + " metadata; found %s",
          ModelFile.FORMAT,
          ModelFile.OLDER_FORMAT,
          metadata.getOrDefault(ModelFile.FORMAT_KEY, "none"));
    }
    try {
      return ModelJson.read(metadata.getOrDefault(ModelFile.MODEL_KEY, ""));
    } catch (IllegalArgumentException e) {
      throw refused(
          "the description of the model in the metadata is not valid: %s", e.getMessage());
    }
  }

  private Layout layout(Supplier<Layout> make) throws ModelFileException {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      throw refused("%s", e.getMessage());
    }
  }

  /**
   * The layout of tensors that fill the data section exactly, in any order, without gaps or
   * overlaps.
   */
  private Layout layout(SafetensorsHeader header, long dataBytes) throws ModelFileException {
    List<Map.Entry<String, SafetensorsHeader.Entry>> tensors =
        header.tensors().entrySet().stream()
            .sorted(Map.Entry.comparingByValue(SafetensorsHeader.Entry.BY_PLACE))
            .toList();
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    long expected = 0;
    for (Map.Entry<String, SafetensorsHeader.Entry> entry : tensors) {
      SafetensorsHeader.Entry tensor = entry.getValue();
      if (tensor.begin() != expected || tensor.end() < tensor.begin()) {
        throw refused(
            "tensor %s lies at bytes %d to %d of the data; expected it to begin at %d, where"
                + " the one before it ends",
            entry.getKey(), tensor.begin(), tensor.end(), expected);
      }
      expected = tensor.end();
      shapes.put(entry.getKey(), tensor.shape());
    }
    if (dataBytes < expected) {
      throw refused(
          "cut short: the tensors have %d bytes, of which the file has %d", expected, dataBytes);
    }
    if (dataBytes > expected) {
      throw refused(
          "%d bytes too long: there is data that belongs to no tensor", dataBytes - expected);
    }
    Layout layout = layout(() -> Layout.of(shapes));
    for (Layout.Tensor tensor : layout.tensors()) {
      SafetensorsHeader.Entry found = header.tensors().get(tensor.name());
      if (!found.dtype().equals(SafetensorsHeader.F32)) {
        throw refused(
            "tensor %s: expected %s; found %s",
            tensor.name(), SafetensorsHeader.F32, found.dtype());
      }
      long bytes = (long) tensor.size() * Float.BYTES;
      if (found.end() - found.begin() != bytes) {
        throw refused(
            "tensor %s: expected %d bytes for shape %s; found %d",
            tensor.name(), bytes, tensor.shape(), found.end() - found.begin());
      }
    }
    return layout;
  }

  private void readFloats(float[] into, int offset, int count, ByteBuffer buffer)
      throws IOException {
    int at = offset;
    int end = offset + count;
    while (at < end) {
      int part = Math.min(BUFFER_BYTES / Float.BYTES, end - at);
      buffer.clear().limit(part * Float.BYTES);
      readFully(buffer);
      FloatCodec.decode(buffer.flip(), into, at, part);
      at += part;
    }
  }

  private void readFully(ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into) < 0) {
        throw new EOFException("it was truncated while being read");
      }
    }
  }

  private ModelFileException notSafetensors(String why) {
    return refused("not a safetensors file: %s", why);
  }

  private ModelFileException changed(String template, Object... values) {
    return refused("damaged, or changed by another program: " + template, values);
  }

  private ModelFileException refused(String template, Object... values) {
    return new ModelFileException(file, template, values);
  }
}
