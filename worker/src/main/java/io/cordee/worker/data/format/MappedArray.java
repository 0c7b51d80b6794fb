package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/** Reads an array through memory maps of parts of its file, which the system loads and frees. */
final class MappedArray implements ArrayReader {

  private static final long WINDOW_BYTES = 1L << 28;

  private final ArrayFile file;
  private final FileChannel channel;
  private long at;

  /** File offset of the window. */
  private long start;

  private ByteBuffer window = ByteBuffer.allocate(0);

  MappedArray(ArrayFile file, Path path) {
    this.file = file;
    at = file.headerBytes();
    try {
      channel = FileChannel.open(path);
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    }
  }

  @Override
  public long row() {
    return (at - file.headerBytes()) / file.rowBytes();
  }

  @Override
  public void skip(long rows) {
    at += rows * file.rowBytes();
  }

  @Override
  public void next(ByteBuffer into) {
    try {
      while (into.hasRemaining()) {
        if (at < start || at >= start + window.limit()) {
          moveWindow();
        }
        int from = (int) (at - start);
        int length = Math.min(into.remaining(), window.limit() - from);
        into.put(window.slice(from, length));
        at += length;
      }
      // Maps beyond the end of a file that was cut meanwhile are undefined.
      file.checkLength(channel.size());
    } catch (ClosedByInterruptException e) {
      throw new DataException("interrupted while reading " + file.name(), e);
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    } catch (InternalError e) { // how Java tells of it, now or as late as at the next system call
      throw file.cutShort(row(), "it was changed while it was read");
    }
  }

  private void moveWindow() throws IOException {
    file.checkLength(channel.size());
    start = at;
    window = channel.map(MapMode.READ_ONLY, at, Math.min(WINDOW_BYTES, channel.size() - at));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    }
  }
}
