package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads a packed array. */
final class StreamedArray implements ArrayReader {

  private final ArrayFile file;
  private final InputStream in;

  /** Bytes of the elements that have been read. */
  private long at;

  StreamedArray(ArrayFile file) {
    this.file = file;
    try {
      in = file.input().open();
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    }
    skipBytes(file.headerBytes());
  }

  @Override
  public long row() {
    return at / file.rowBytes();
  }

  @Override
  public void skip(long rows) {
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

  /** Past the last row, the file must end. */
  @Override
  public void next(ByteBuffer into) {
    try {
      while (into.hasRemaining()) {
        int read = in.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
        if (read < 0) {
          throw new EOFException();
        }
        into.position(into.position() + read);
        at += read;
      }
      if (row() == file.rows() && in.read() >= 0) {
        throw new DataException(
            "%s is too long: its header announces %d rows; found more", file.name(), file.rows());
      }
    } catch (IOException e) {
      throw into.hasRemaining()
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
