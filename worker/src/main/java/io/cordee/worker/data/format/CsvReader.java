package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Notes where the cells of a row are among its bytes; only those asked for become texts. */
final class CsvReader implements CellReader {

  /** Cells of a row that can be asked for: those beyond are only counted. */
  static final int MOST_COLUMNS = 1 << 20;

  /** Bytes at first; a longer row makes it grow. */
  private static final int LARGEST_BUFFER = 1 << 18;

  private static final int NONE = -1;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final CsvFile file;
  private final char separator;
  private final RowStart from;
  private final InputStream in;
  private byte[] buffer;

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

  /** Of a row without quotes whose cells are yet to be told apart: bytes; otherwise negative. */
  private int plain;

  private final Texts texts = new Texts();
  private long rows;
  private long linesBefore;
  private long lines;

  CsvReader(CsvFile file, RowStart from) throws IOException {
    this.file = file;
    this.from = from;
    separator = file.format().separator();
    long size = file.input().plainSize().orElse(LARGEST_BUFFER);
    buffer = new byte[(int) Math.max(16, Math.min(LARGEST_BUFFER, size))];
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
      plain = plainLength();
      if (plain >= 0) {
        next = start + plain;
        endsLine(read());
        return true;
      }
      boolean isLast = readCell(first);
      while (!isLast) {
        isLast = readCell(read());
      }
      return true;
    } catch (IOException e) {
      throw DataException.at(file.name() + ", line " + (linesBefore + 1), e);
    }
  }

  /** Of the row; negative if it has quotes, or reaches beyond the buffer. */
  private int plainLength() {
    byte[] bytes = buffer;
    for (int at = start, to = end; at < to; at++) {
      byte c = bytes[at];
      if (c == '\n' || c == '\r') {
        return at - start;
      }
      if (c == '"') {
        break;
      }
    }
    return -1;
  }

  private void split() {
    byte[] bytes = buffer;
    char by = separator;
    int last = start + plain;
    plain = -1;
    for (int from = start, to; from <= last; from = to + 1) {
      to = from;
      while (to < last && (bytes[to] & 0xff) != by) {
        to++;
      }
      int behind = to;
      while (from < behind && isSpace(bytes[from])) {
        from++;
      }
      while (from < behind && isSpace(bytes[behind - 1])) {
        behind--;
      }
      put(from - start, behind - start);
    }
  }

  private static boolean isSpace(byte c) {
    return c <= ' ' && Character.isWhitespace(c); // most are told by the first
  }

  private void put(int from, int to) {
    if (width < MOST_COLUMNS) {
      if (2 * width == cells.length) {
        cells = Arrays.copyOf(cells, 2 * cells.length);
      }
      cells[2 * width] = from;
      cells[2 * width + 1] = to;
    }
    width++;
  }

  /**
   * @return whether it is the last of its row
   */
  private boolean readCell(int first) throws IOException {
    int c = first;
    while (isSpace(c)) {
      c = read();
    }
    int from;
    if (c == '"') {
      from = next - start;
      skipQuoted();
      put(from, next - 1 - start);
      do {
        c = read();
      } while (isSpace(c));
    } else {
      from = next - start - (c == NONE ? 0 : 1);
      c = skipPlain(c);
      int behind = next - start - (c == NONE ? 0 : 1);
      while (behind > from && isSpace(buffer[start + behind - 1])) {
        behind--;
      }
      put(from, behind);
    }
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
    if (plain >= 0) {
      split();
    }
    return width;
  }

  @Override
  public String cell(int column) {
    if (column >= width()) {
      return "";
    }
    int first = start + cells[2 * column];
    String text = texts.of(buffer, first, start + cells[2 * column + 1] - first);
    boolean isQuoted = first > start && buffer[first - 1] == '"';
    return isQuoted ? text.replace("\"\"", "\"") : text;
  }

  @Override
  public double number(int column) {
    if (column >= width()) {
      return Double.NaN;
    }
    double number =
        Decimals.parse(buffer, start + cells[2 * column], start + cells[2 * column + 1]);
    return Double.isNaN(number) ? CellReader.super.number(column) : number;
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
