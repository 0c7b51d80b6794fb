package io.cordee.worker.data.format;

import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * Text in rows of limited length, with a character for each byte, so that places in it are places
 * in the file; {@link #decoded} gives what it means. An unclosed quote, or a packed file without
 * line ends, would otherwise fill the memory.
 */
final class RowText extends FilterReader {

  /** Characters. */
  static final int LONGEST_ROW = 1 << 24;

  private long left = LONGEST_ROW;

  private RowText(Reader in) {
    super(in);
  }

  static RowText of(Input input, long from) throws IOException {
    InputStream bytes = input.open();
    bytes.skipNBytes(from);
    return new RowText(new InputStreamReader(bytes, StandardCharsets.ISO_8859_1));
  }

  static String decoded(String bytes) {
    for (int i = 0; i < bytes.length(); i++) {
      if (bytes.charAt(i) >= 0x80) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      }
    }
    return bytes;
  }

  /** Starts a row; characters read ahead count for the one before. */
  void nextRow() {
    left = LONGEST_ROW;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    count(read < 0 ? 0 : 1);
    return read;
  }

  @Override
  public int read(char[] into, int at, int count) throws IOException {
    int read = super.read(into, at, count);
    count(read);
    return read;
  }

  private void count(int read) throws IOException {
    left -= Math.max(0, read);
    if (left < 0) {
      throw tooLong();
    }
  }

  static IOException tooLong() {
    return new IOException(
        "expected rows of at most "
            + LONGEST_ROW
            + " characters; found a longer one; is it a text file, and every quote closed?");
  }
}
