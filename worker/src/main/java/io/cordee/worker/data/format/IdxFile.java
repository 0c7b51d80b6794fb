package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The header of an IDX file of unsigned bytes: two zero bytes, the element type, the number of
 * dimensions, the dimensions as 32-bit big-endian integers; then the elements, row by row. Format:
 * yann.lecun.com/exdb/mnist.
 */
public final class IdxFile {

  private static final int UNSIGNED_BYTE = 0x08;

  public enum Kind {
    /** Features of shape [rows, ...]. */
    FEATURES("features of shape [rows, ...], with 2 or more dimensions", 2, 255),
    /** Labels of shape [rows]. */
    LABELS("labels of shape [rows], with 1 dimension", 1, 1);

    private final String expected;
    private final int minDimensions;
    private final int maxDimensions;

    Kind(String expected, int minDimensions, int maxDimensions) {
      this.expected = expected;
      this.minDimensions = minDimensions;
      this.maxDimensions = maxDimensions;
    }
  }

  private IdxFile() {}

  public static ArrayFile open(Input input, Kind kind) {
    try (InputStream in = input.open()) {
      int dimensions = readMagic(input, in);
      if (dimensions < kind.minDimensions || dimensions > kind.maxDimensions) {
        throw DataException.of(
            input.name() + ": expected " + kind.expected, Integer.toString(dimensions));
      }
      ByteBuffer sizes = ByteBuffer.wrap(header(input, in, 4 * dimensions));
      long[] shape = new long[dimensions];
      for (int i = 0; i < dimensions; i++) {
        shape[i] = Integer.toUnsignedLong(sizes.getInt());
      }
      return ArrayFile.of(input, 4 + 4 * dimensions, ElementType.UNSIGNED_BYTE, shape);
    } catch (IOException e) {
      throw DataException.unreadable(input.name(), e);
    }
  }

  private static int readMagic(Input input, InputStream in) throws IOException {
    byte[] magic = header(input, in, 4);
    if (magic[0] != 0 || magic[1] != 0) {
      throw DataException.of(
          input.name() + " is not an IDX file: expected it to begin with bytes 00 00",
          String.format("%02x %02x", magic[0], magic[1]));
    }
    if (magic[2] != UNSIGNED_BYTE) {
      throw DataException.of(
          input.name() + ": expected IDX element type 08, unsigned bytes",
          String.format("%02x", magic[2]));
    }
    return magic[3] & 0xff;
  }

  private static byte[] header(Input input, InputStream in, int bytes) throws IOException {
    byte[] header = in.readNBytes(bytes);
    if (header.length < bytes) {
      throw new DataException(input.name() + " is cut short: it ends within its IDX header");
    }
    return header;
  }
}
