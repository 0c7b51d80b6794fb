package io.cordee.worker.data.format;

/**
 * Where a file can be opened to read a row.
 *
 * @param file the number of the file, of several
 * @param at bytes before it
 * @param line lines of text before it, or rows of Parquet
 * @param rows to pass over from there
 */
public record RowStart(int file, long at, long line, long rows) {

  public static final RowStart FIRST = new RowStart(0, 0, 0, 0);
}
