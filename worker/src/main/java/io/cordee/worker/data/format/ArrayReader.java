package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.ClassLabels;
import io.cordee.worker.data.rows.DataException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads an array row by row, from {@code row} on in the arrays that it is to fill. */
final class ArrayReader implements AutoCloseable {

  private static final int CHUNK_BYTES = 64 * 1024;

  private interface Sink {
    /**
     * @param i the element's index among those asked for
     */
    void put(int i, double element);
  }

  private final ArrayFile file;
  private final InputStream in;
  private final ByteBuffer chunk;

  /** Bytes of the elements that have been read. */
  private long at;

  ArrayReader(ArrayFile file) {
    this.file = file;
    chunk = ByteBuffer.allocate(CHUNK_BYTES).order(file.type().order());
    try {
      Optional<Path> plain = file.input().plainFile();
      if (plain.isPresent()) {
        file.checkLength(Files.size(plain.get()));
      }
      in = file.input().open();
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    }
    skipBytes(file.headerBytes());
  }

  void skip(long rows) {
    skipBytes(rows * file.rowBytes());
    at += rows * file.rowBytes();
  }

  private void skipBytes(long bytes) {
    try {
      in.skipNBytes(bytes);
    } catch (IOException e) {
      throw file.cutShort(row(), DataException.why(file.name(), e));
    }
  }

  /** The row of the next element. */
  private long row() {
    return at / file.rowBytes();
  }

  /** Unsigned bytes; booleans become 0 or 1. */
  void bytes(byte[] into, int row, int rows) {
    int from = row * file.width();
    int to = from + rows * file.width();
    read(into, from, to - from);
    if (file.type().kind() == ElementType.Kind.B1) {
      for (int i = from; i < to; i++) {
        into[i] = (byte) (into[i] == 0 ? 0 : 1);
      }
    }
  }

  /**
   * @throws DataException if an element, divided by the scale, is no finite float
   */
  void floats(double scale, float[] into, int row, int rows) {
    long first = row();
    int from = row * file.width();
    read(
        rows,
        (i, element) -> {
          float value = (float) (element / scale);
          if (!Float.isFinite(value)) {
            throw file.placeOf(first + i / file.width(), i % file.width())
                .error("expected a finite 32-bit number", Double.toString(element));
          }
          into[from + i] = value;
        });
  }

  /**
   * @throws DataException if an element is no index of a class
   */
  void indices(ClassLabels classes, int[] into, int row, int rows) {
    long first = row();
    read(rows, (i, element) -> into[row + i] = classes.indexOf(element, file.placeOf(first + i)));
  }

  private void read(int rows, Sink sink) {
    int left = rows * file.width();
    int most = CHUNK_BYTES / file.type().bytes();
    for (int i = 0; left > 0; ) {
      int count = Math.min(most, left);
      read(chunk.array(), 0, count * file.type().bytes());
      chunk.clear();
      for (int end = i + count; i < end; i++) {
        sink.put(i, file.type().next(chunk));
      }
      left -= count;
    }
  }

  /** Past the last row, the file must end. */
  private void read(byte[] into, int from, int count) {
    int left = count;
    try {
      while (left > 0) {
        if (Thread.currentThread().isInterrupted()) {
          throw new DataException("interrupted while reading " + file.name());
        }
        // A stream of a file copies by way of native memory of this size.
        int read = in.read(into, from + count - left, Math.min(left, CHUNK_BYTES));
        if (read < 0) {
          throw new EOFException();
        }
        left -= read;
        at += read;
      }
      if (row() == file.rows() && in.read() >= 0) {
        throw new DataException(
            "%s is too long: its header announces %d rows; found more", file.name(), file.rows());
      }
    } catch (IOException e) {
      throw left > 0
          ? file.cutShort(row(), DataException.why(file.name(), e))
          : DataException.unreadable(file.name(), e);
    }
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    }
  }
}
