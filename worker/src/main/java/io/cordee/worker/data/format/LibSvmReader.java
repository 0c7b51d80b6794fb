package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.Cell;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import io.cordee.worker.data.rows.Targets;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.StringTokenizer;

/**
 * Reads LIBSVM's text format: {@code label index:value ...}, indices from 1, in any order, the rest
 * 0. The label may be missing where it is not wanted. From {@code #} on, a line is a comment; lines
 * with nothing else are passed over, so that a row of zeros without a label needs a {@code 1:0}.
 */
public final class LibSvmReader implements TextReader, Cell {

  private final Input input;
  private final String name;
  private final int width;
  private final RowText rows;
  private final BufferedReader lines;
  private String line = "";
  private long lineNumber;
  private long row = -1;
  private long lineStart;

  /** Where the next line begins. */
  private long at;

  private String token = ""; // empty at the label
  private String text = "";
  private final Set<Integer> indices = new HashSet<>();

  /** Its place among the row's, from 1. */
  private int entry;

  public LibSvmReader(Input input, int width, RowStart from) throws IOException {
    this.input = input;
    at = from.at();
    lineNumber = from.line();
    name = input.name();
    this.width = width;
    rows = RowText.of(input, at);
    lines = new BufferedReader(rows);
  }

  @Override
  public boolean advance() throws IOException {
    rows.nextRow();
    while (readLine()) {
      rows.nextRow();
      if (!line.isBlank()) {
        row++;
        return true;
      }
    }
    return false;
  }

  /** Without its comment. */
  private boolean readLine() throws IOException {
    lineStart = at;
    StringBuilder next = new StringBuilder(line.length() + 16);
    int c = lines.read();
    boolean isLine = c >= 0;
    for (; c >= 0 && c != '\n' && c != '\r'; c = lines.read()) {
      next.append((char) c);
    }
    at += next.length() + (c >= 0 ? 1 : 0);
    if (c == '\r') {
      lines.mark(1);
      if (lines.read() == '\n') {
        at++;
      } else {
        lines.reset();
      }
    }
    int comment = next.indexOf("#");
    line = RowText.decoded(comment < 0 ? next.toString() : next.substring(0, comment));
    lineNumber++;
    return isLine;
  }

  @Override
  public RowStart start() {
    return input.plainFile().isEmpty()
        ? new RowStart(0, 0, 0, row)
        : new RowStart(0, lineStart, lineNumber - 1, 0);
  }

  @Override
  public void read(Cells cells, Targets targets, int row) {
    StringTokenizer tokens = new StringTokenizer(line);
    String first = tokens.nextToken();
    entry = 1;
    indices.clear();
    if (first.indexOf(':') < 0) {
      token = "";
      text = first;
      targets.put(row, 0, this);
    } else {
      token = first;
      targets.putNothing(this);
      readFeature(first, cells);
    }
    while (tokens.hasMoreTokens()) {
      entry++;
      readFeature(tokens.nextToken(), cells);
    }
  }

  @Override
  public String label() {
    String first = new StringTokenizer(line).nextToken();
    return first.indexOf(':') < 0 ? first : "";
  }

  private void readFeature(String token, Cells cells) {
    this.token = token;
    int colon = token.indexOf(':');
    if (colon < 0) {
      throw error("expected index:value", "no colon");
    }
    int index = index(token.substring(0, colon)) - 1;
    if (!indices.add(index)) {
      throw error("expected every index once", "it again");
    }
    text = token.substring(colon + 1);
    cells.put(index, this);
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public double number() {
    return Decimals.parse(text).orElse(Double.NaN);
  }

  private int index(String text) {
    if (text.matches("\\d{1,9}")) {
      int index = Integer.parseInt(text);
      if (index >= 1 && index <= width) {
        return index;
      }
    }
    throw error("expected an index from 1 to " + width + ", the model's inputs", text);
  }

  @Override
  public DataException error(String expected, String found, String hint) {
    String line = name + ", line " + lineNumber + ", ";
    String where = token.isEmpty() ? "label" : "'" + token + "'";
    return DataException.of(
        line + where + ": " + expected, line + "entry " + entry + ": " + expected, found, hint);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
