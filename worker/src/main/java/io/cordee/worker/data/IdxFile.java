package io.cordee.worker.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * An IDX file of unsigned bytes, its header read: two zero bytes, the element type, the number of
 * dimensions, the dimensions as 32-bit big-endian integers; then the elements, row by row. Format:
 * yann.lecun.com/exdb/mnist.
 *
 * @param rows the first dimension
 * @param width elements per row: the product of the other dimensions
 */
record IdxFile(Input input, int headerBytes, long rows, int width) {

  private static final int UNSIGNED_BYTE = 0x08;

  /** Which dimensions a file is to have. */
  enum Kind {
    /** [rows, ...] */
    FEATURES("features of shape [rows, ...], with 2 or more dimensions", 2, 255),
    /** [rows] */
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

  /** Reads and checks the header, and the file's length if it is not packed. */
  static IdxFile open(Input input, Kind kind) {
    try (InputStream in = input.open()) {
      int dimensions = readMagic(input, in);
      if (dimensions < kind.minDimensions || dimensions > kind.maxDimensions) {
        throw DataException.of(
            input.name() + ": expected " + kind.expected, Integer.toString(dimensions));
      }
      ByteBuffer sizes = ByteBuffer.wrap(header(input, in, 4 * dimensions));
      long rows = Integer.toUnsignedLong(sizes.getInt());
      long width = 1;
      int[] shape = new int[dimensions - 1];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = sizes.getInt();
        // At most 255 factors below 2^32: the clamp keeps the product from wrapping around.
        width = Math.min(width * Integer.toUnsignedLong(shape[i]), 1L << 31);
      }
      if (width == 0 || width > Features.MAX_ELEMENTS) {
        throw DataException.of(
            input.name() + ": expected rows of 1 to " + Features.MAX_ELEMENTS + " bytes",
            "shape " + Arrays.toString(shape));
      }
      if (rows == 0) {
        throw new DataException(input.name() + " has no rows");
      }
      IdxFile file = new IdxFile(input, 4 + 4 * dimensions, rows, (int) width);
      file.checkLength();
      return file;
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

  /** So that a header that lies does not cost the memory that it announces. */
  private void checkLength() {
    long expected = headerBytes + rows * width;
    OptionalLong most = input.mostPlain();
    if (input.plainSize().isEmpty() && most.isPresent() && most.getAsLong() < expected) {
      throw new DataException(
          "%s is cut short or damaged: its header announces %d rows, %d bytes in all; as small"
              + " as it is packed, it can hold %d at most",
          input.name(), rows, expected, most.getAsLong());
    }
    OptionalLong found = input.plainSize();
    if (found.isPresent() && found.getAsLong() != expected) {
      throw new DataException(
          "%s %s: its header announces %d rows, %d bytes in all; found %d bytes",
          input.name(),
          found.getAsLong() < expected ? "is cut short" : "is too long",
          rows,
          expected,
          found.getAsLong());
    }
  }

  Reader reader() {
    return new Reader();
  }

  /** Reads the elements, front to back. */
  final class Reader implements AutoCloseable {

    private final InputStream in;
    private long row;

    private Reader() {
      try {
        in = input.open();
      } catch (IOException e) {
        throw DataException.unreadable(input.name(), e);
      }
      skipBytes(headerBytes);
    }

    void skip(long rowsToSkip) {
      skipBytes(rowsToSkip * width);
      row += rowsToSkip;
    }

    private void skipBytes(long bytes) {
      try {
        in.skipNBytes(bytes);
      } catch (IOException e) {
        throw cutShort(row, e);
      }
    }

    /** The next rows, [count, width]. */
    byte[] next(int count) {
      byte[] values = new byte[Features.arrayLength(input.name(), count, width)];
      next(count, values, 0);
      return values;
    }

    /** Reads the next rows into an array. Past the last one, the file must end. */
    void next(int count, byte[] values, int from) {
      int length = count * width;
      int filled = 0;
      try {
        while (filled < length) {
          int read = in.read(values, from + filled, length - filled);
          if (read < 0) {
            throw new IOException("end of file");
          }
          filled += read;
        }
        row += count;
        if (row == rows && in.read() >= 0) {
          throw new DataException(
              input.name() + " is too long: its header announces " + rows + " rows; found more");
        }
      } catch (IOException e) {
        throw filled == length
            ? DataException.unreadable(input.name(), e)
            : cutShort(row + filled / width, e);
      }
    }

    private DataException cutShort(long at, IOException cause) {
      return new DataException(
          String.format(
              "%s, row %d (from 0): cut short or damaged: its header announces %d rows; %s",
              input.name(), at, rows, cause.getMessage()),
          cause);
    }

    /** The place of a row, for messages. */
    Place placeOf(long index) {
      String row = input.name() + ", row " + index + " (from 0): ";
      return (expected, found, hint) ->
          DataException.of(row + expected, row + expected, found, hint);
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw DataException.unreadable(input.name(), e);
      }
    }
  }
}
