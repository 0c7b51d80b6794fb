package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Notes where the cells of a row are among its bytes; only those asked for become texts. */
final class CsvReader implements CellReader {

  private static final int NONE = -1;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final CsvFile file;
  private final char separator;
  private final RowStart from;
  private final InputStream in;
  private byte[] buffer = new byte[1 << 16];

  /** How many bytes of the file come before the buffer. */
  private long before;

  /** Of the row, in the buffer. */
  private int start;

  /** The next byte to read. */
  private int next;

  private int end;

  /** First byte and end of each cell, from the start of the row. */
  private int[] cells = new int[32];

  private int width;
  private long rows;
  private long linesBefore;
  private long lines;

  CsvReader(CsvFile file, RowStart from) throws IOException {
    this.file = file;
    this.from = from;
    separator = file.format().separator();
    before = from.at();
    lines = from.line();
    in = file.input().open();
    try {
      in.skipNBytes(before);
      peek();
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
    int mark = BYTE_ORDER_MARK.length;
    if (before == 0 && Arrays.equals(buffer, 0, Math.min(end, mark), BYTE_ORDER_MARK, 0, mark)) {
      next = mark;
    }
  }

  @Override
  public boolean advance() {
    try {
      int first;
      do {
        start = next;
        linesBefore = lines;
        first = read();
      } while (endsLine(first));
      if (first == NONE) {
        return false;
      }
      rows++;
      width = 0;
      boolean isLast = readCell(first);
      while (!isLast) {
        isLast = readCell(read());
      }
      return true;
    } catch (IOException e) {
      throw DataException.at(file.name() + ", line " + (linesBefore + 1), e);
    }
  }

  /**
   * @return whether it is the last of its row
   */
  private boolean readCell(int first) throws IOException {
    int c = first;
    while (isSpace(c)) {
      c = read();
    }
    if (2 * width == cells.length) {
      cells = Arrays.copyOf(cells, 2 * cells.length);
    }
    if (c == '"') {
      cells[2 * width] = next - start;
      skipQuoted();
      cells[2 * width + 1] = next - 1 - start;
      do {
        c = read();
      } while (isSpace(c));
    } else {
      cells[2 * width] = next - start - (c == NONE ? 0 : 1);
      c = skipPlain(c);
      int behind = next - start - (c == NONE ? 0 : 1);
      while (behind > cells[2 * width] && Character.isWhitespace(buffer[start + behind - 1])) {
        behind--;
      }
      cells[2 * width + 1] = behind;
    }
    width++;
    if (c == NONE) {
      lines++;
    } else if (c != separator && !endsLine(c)) {
      throw unclosed();
    }
    return c != separator;
  }

  private boolean isSpace(int c) {
    return isPlain(c) && Character.isWhitespace(c);
  }

  private boolean isPlain(int c) {
    return c != separator && c != '\n' && c != '\r' && c != NONE;
  }

  /** Also reads what follows: a separator, the first byte of a line end, or nothing. */
  private int skipPlain(int first) throws IOException {
    int c = first;
    while (isPlain(c)) {
      while (next < end && isPlain(buffer[next] & 0xff)) {
        next++;
      }
      c = read();
    }
    return c;
  }

  /** Also reads the closing quote. */
  private void skipQuoted() throws IOException {
    for (int c = read(); c != '"' || peek() == '"'; c = read()) {
      if (c == NONE) {
        throw unclosed();
      }
      if (c == '"') {
        next++;
      } else {
        endsLine(c);
      }
    }
  }

  private DataException unclosed() {
    return new DataException(
        "%s, line %d: expected a closing quote, and a separator or a line end after it; found none",
        file.name(), linesBefore + 1);
  }

  /** Counts a line that ends here; also reads the second byte of its end, if it has two. */
  private boolean endsLine(int c) throws IOException {
    if (c == '\r' && peek() == '\n') {
      next++;
    }
    boolean isEnd = c == '\n' || c == '\r';
    lines += isEnd ? 1 : 0;
    return isEnd;
  }

  private int read() throws IOException {
    int c = peek();
    next += c == NONE ? 0 : 1;
    return c;
  }

  /** The next byte, or none. */
  private int peek() throws IOException {
    if (next == end) {
      fill();
    }
    return next < end ? buffer[next] & 0xff : NONE;
  }

  /** Keeps what has been read of the row. */
  private void fill() throws IOException {
    if (start == 0 && end == RowText.LONGEST_ROW) {
      throw RowText.tooLong();
    }
    byte[] to = start == 0 && end == buffer.length ? new byte[2 * end] : buffer;
    System.arraycopy(buffer, start, to, 0, end - start);
    buffer = to;
    before += start;
    next -= start;
    end -= start;
    start = 0;
    end += in.readNBytes(buffer, end, buffer.length - end);
  }

  @Override
  public RowStart start() {
    return file.input().plainFile().isEmpty()
        ? new RowStart(0, 0, 0, rows - (file.format().header() ? 2 : 1))
        : new RowStart(0, before + start, linesBefore, 0);
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public String cell(int column) {
    if (column >= width) {
      return "";
    }
    int first = start + cells[2 * column];
    int length = start + cells[2 * column + 1] - first;
    String text = new String(buffer, first, length, StandardCharsets.UTF_8);
    boolean isQuoted = first > start && buffer[first - 1] == '"';
    return isQuoted ? text.replace("\"\"", "\"") : text;
  }

  @Override
  public String row() {
    return "line " + lines;
  }

  @Override
  public String hint() {
    return !file.format().header() && from.at() == 0 && rows == 1
        ? " (a first line that names the columns needs header: true in the job)"
        : "";
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
