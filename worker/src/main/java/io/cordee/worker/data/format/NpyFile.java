package io.cordee.worker.data.format;

import io.cordee.common.text.OutsideText;
import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Opens files that NumPy's {@code save} writes: a magic string, the format's version, the length of
 * the rest of the header, and a dictionary as Python writes it; then the elements. Format:
 * numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 */
public final class NpyFile {

  public enum Kind {
    FEATURES,
    LABELS,
    TARGETS
  }

  private static final byte[] MAGIC = "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1);
  private static final String ZIP = "PK";
  private static final int MOST_BYTES = 0xffff;
  private static final int SHOWN = 100;

  private static final Pattern TYPE = entry("\\[.*\\]|'[^']*'|\"[^\"]*\"", "descr");
  private static final Pattern BY_COLUMNS = entry("True|False", "fortran_order");
  // Sizes that fit 64 bits. Python 2 wrote long integers with an L.
  private static final Pattern SHAPE = entry("\\((?![^)]*\\d{19})[\\dL, ]*\\)", "shape");

  /**
   * @param bytes of all that precedes the elements
   * @param isByColumns whether the first index of the elements varies fastest, not the last
   */
  private record Header(int bytes, ElementType type, boolean isByColumns, long[] shape) {}

  private NpyFile() {}

  public static ArrayFile open(Input input, Kind kind) {
    Header header;
    try (InputStream in = input.open()) {
      header = header(in, input.name());
    } catch (IOException e) {
      throw DataException.unreadable(input.name(), e);
    }
    requireShape(header, kind, input.name());
    if (kind == Kind.LABELS && !header.type().isWhole()) {
      throw new DataException(
          "%s: expected labels that are integers or booleans; found floats: save"
              + " y.astype(np.int64), or give them as targets",
          input.name());
    }
    return ArrayFile.of(input, header.bytes(), header.type(), header.shape());
  }

  private static void requireShape(Header header, Kind kind, String name) {
    long[] shape = header.shape();
    if (shape.length == 0) {
      throw new DataException(
          "%s: expected an array of shape [rows, ...]; found a single value", name);
    }
    if (kind == Kind.LABELS && shape.length > 1) {
      throw new DataException(
          "%s: expected labels of shape [rows], class indices from 0; found shape %s: save"
              + " y.argmax(axis=1) of one-hot labels, y.ravel() of a single column",
          name, Arrays.toString(shape));
    }
    if (shape.length > 1 && header.isByColumns()) {
      throw new DataException(
          "%s: expected rows one after the other (C order); found columns (fortran_order: True):"
              + " save np.ascontiguousarray(x)",
          name);
    }
  }

  private static Pattern entry(String value, String key) {
    return Pattern.compile("['\"]" + key + "['\"]\\s*:\\s*(" + value + ")");
  }

  private static Header header(InputStream in, String name) throws IOException {
    byte[] magic = in.readNBytes(MAGIC.length);
    requireMagic(magic, name);
    int version = next(in, 2, name).get();
    if (version < 1 || version > 3) {
      throw DataException.of(
          name + ": expected a NumPy file of version 1, 2 or 3", Integer.toString(version));
    }
    int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
    ByteBuffer prefix = next(in, lengthBytes, name);
    long length = version == 1 ? prefix.getChar() : Integer.toUnsignedLong(prefix.getInt());
    if (length > MOST_BYTES) {
      throw DataException.of(
          name + ": expected a NumPy header of at most " + MOST_BYTES + " bytes",
          Long.toString(length));
    }
    String dictionary =
        new String(
            next(in, (int) length, name).array(),
            version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    return new Header(
        MAGIC.length + 2 + lengthBytes + (int) length,
        type(value(TYPE, dictionary, name), name),
        value(BY_COLUMNS, dictionary, name).equals("True"),
        shape(value(SHAPE, dictionary, name)));
  }

  private static void requireMagic(byte[] found, String name) {
    if (new String(found, StandardCharsets.ISO_8859_1).startsWith(ZIP)) {
      throw new DataException(
          "%s is an archive of arrays (.npz): save the arrays with np.save, each in a file of its"
              + " own",
          name);
    }
    if (!Arrays.equals(found, Arrays.copyOf(MAGIC, found.length))) {
      throw DataException.of(
          name + " is not a NumPy file: expected it to begin with bytes 93 4e 55 4d 50 59",
          hex(found));
    }
    requireWhole(found.length == MAGIC.length, name);
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) {
      text.append("%02x ".formatted(each));
    }
    return text.toString().strip();
  }

  private static ByteBuffer next(InputStream in, int length, String name) throws IOException {
    byte[] bytes = in.readNBytes(length);
    requireWhole(bytes.length == length, name);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void requireWhole(boolean isWhole, String name) {
    if (!isWhole) {
      throw new DataException(name + " is cut short: it ends within its NumPy header");
    }
  }

  private static String value(Pattern entry, String dictionary, String name) {
    Matcher matcher = entry.matcher(dictionary);
    if (!matcher.find()) {
      throw DataException.of(
          name + ": expected a NumPy header with descr, fortran_order and shape",
          OutsideText.printable(dictionary, SHOWN).strip());
    }
    return matcher.group(1);
  }

  private static ElementType type(String text, String name) {
    String description = text.substring(1, text.length() - 1);
    return ElementType.numpy(description)
        .orElseThrow(
            () ->
                DataException.of(
                    name + ": expected an array of numbers or booleans",
                    name + ": expected an array of numbers or booleans",
                    "dtype " + OutsideText.printable(text, SHOWN),
                    description.equals("|O")
                        ? ", pickled Python objects: save x.astype(np.float32)"
                        : ""));
  }

  private static long[] shape(String text) {
    return Stream.of(text.split("\\D+"))
        .filter(size -> !size.isEmpty())
        .mapToLong(Long::parseLong)
        .toArray();
  }
}
