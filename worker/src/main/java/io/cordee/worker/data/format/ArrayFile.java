package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Features;
import io.cordee.worker.data.rows.RowPlace;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * An array file: a header, already read, then the elements row by row.
 *
 * @param rows the first dimension
 * @param width elements per row: the product of the other dimensions
 */
public record ArrayFile(Input input, int headerBytes, ElementType type, long rows, int width) {

  /** So that neither partitions nor bytes overflow 64 bits. */
  private static final long MOST_ROWS = 1L << 40;

  private static final long MOST_BYTES = 1L << 60;

  /** Checks the shape, and the file's length as far as it is known. */
  static ArrayFile of(Input input, int headerBytes, ElementType type, long[] shape) {
    long width = 1;
    for (int i = 1; i < shape.length; i++) {
      // The clamps prevent overflow.
      width = Math.min(width * Math.min(shape[i], 1L << 31), 1L << 31);
    }
    if (width == 0 || width > Features.MAX_ELEMENTS) {
      throw DataException.of(
          input.name() + ": expected rows of 1 to " + Features.MAX_ELEMENTS + " elements",
          "shape " + Arrays.toString(Arrays.copyOfRange(shape, 1, shape.length)));
    }
    ArrayFile file = new ArrayFile(input, headerBytes, type, shape[0], (int) width);
    if (file.rows == 0) {
      throw new DataException(input.name() + " has no rows");
    }
    if (file.rows > MOST_ROWS || file.rows > MOST_BYTES / file.rowBytes()) {
      throw DataException.of(
          input.name() + ": expected at most 2^40 rows and 2^60 bytes",
          "shape " + Arrays.toString(shape));
    }
    file.checkLength();
    return file;
  }

  /** So that a wrong header does not cost the memory that it announces. */
  private void checkLength() {
    OptionalLong most = input.mostPlain();
    if (input.plainSize().isEmpty() && most.isPresent() && most.getAsLong() < length()) {
      throw new DataException(
          "%s is cut short or damaged: its header announces %d rows, %d bytes in all; as small"
              + " as it is packed, it can hold %d at most",
          input.name(), rows, length(), most.getAsLong());
    }
    input.plainSize().ifPresent(this::checkLength);
  }

  /**
   * @param found bytes of the file, unpacked
   */
  void checkLength(long found) {
    if (found != length()) {
      throw new DataException(
          "%s %s: its header announces %d rows, %d bytes in all; found %d bytes",
          input.name(), found < length() ? "is cut short" : "is too long", rows, length(), found);
    }
  }

  String name() {
    return input.name();
  }

  long rowBytes() {
    return (long) width * type.bytes();
  }

  private long length() {
    return headerBytes + rows * rowBytes();
  }

  RowPlace placeOf(long row) {
    return (expected, found, hint) -> {
      String where = name() + ", row " + row + " (from 0): " + expected;
      return DataException.of(where, where, found, hint);
    };
  }

  RowPlace placeOf(long row, int column) {
    return (expected, found, hint) -> {
      String where = name() + ", row " + row + " (from 0), column " + column + ": " + expected;
      return DataException.of(where, where, found, hint);
    };
  }

  DataException cutShort(long row, String why) {
    return new DataException(
        "%s, row %d (from 0): cut short or damaged: its header announces %d rows; %s",
        name(), row, rows, why);
  }
}
