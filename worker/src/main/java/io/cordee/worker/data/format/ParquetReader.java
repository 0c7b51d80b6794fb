package io.cordee.worker.data.format;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;

/**
 * Reads Parquet by row groups, of which the columns in use are in memory, as stored. Skipped rows
 * are not read.
 */
final class ParquetReader implements CellReader {

  /** The library requires a receiver of values, which are read without it. */
  private static final GroupConverter NOWHERE =
      new GroupConverter() {
        @Override
        public Converter getConverter(int field) {
          return new PrimitiveConverter() {};
        }

        @Override
        public void start() {}

        @Override
        public void end() {}
      };

  private final ParquetFile file;
  private final ParquetFileReader reader;

  private int group = -1;
  private long rowsOfGroup;
  private long rowInGroup;
  private long row = -1;

  /** Of the row group, by index in the file; null until a cell is asked for. */
  private final ParquetColumn[] loaded;

  /**
   * @param from the first row to read; in front of all others of its group
   */
  ParquetReader(ParquetFile file, ParquetFileReader reader, long from) {
    this.file = file;
    this.reader = reader;
    loaded = new ParquetColumn[file.first().size()];
    while (row + 1 < from) {
      rowsOfGroup = reader.getRowGroups().get(++group).getRowCount();
      row += rowsOfGroup;
      rowInGroup = rowsOfGroup - 1;
    }
  }

  @Override
  public boolean advance() {
    row++;
    rowInGroup++;
    while (rowInGroup >= rowsOfGroup) {
      Arrays.fill(loaded, null);
      group++;
      if (group >= reader.getRowGroups().size()) {
        return false;
      }
      rowsOfGroup = reader.getRowGroups().get(group).getRowCount();
      rowInGroup = 0;
    }
    return true;
  }

  @Override
  public RowStart start() {
    long at = reader.getRowGroups().get(group).getStartingPos();
    return new RowStart(0, at, row - rowInGroup, rowInGroup);
  }

  @Override
  public int width() {
    return loaded.length;
  }

  @Override
  public String cell(int column) {
    return read(column, values -> values.text(rowInGroup));
  }

  @Override
  public double number(int column) {
    double number = read(column, values -> values.number(rowInGroup));
    return Double.isNaN(number) ? CellReader.super.number(column) : number;
  }

  private <T> T read(int column, Function<ParquetColumn, T> value) {
    try {
      if (loaded[column] == null) {
        loaded[column] = load(column);
      }
      return value.apply(loaded[column]);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      String name = file.first().get(column);
      throw ParquetFile.unusable(
          "%s, %s, column '%s'".formatted(file.path(), row(), name), "values", e);
    }
  }

  private ParquetColumn load(int column) throws IOException {
    MessageType schema = new MessageType(file.schema().getName(), file.schema().getType(column));
    reader.setRequestedSchema(schema);
    ColumnDescriptor descriptor = schema.getColumns().get(0);
    PageReadStore pages = reader.readRowGroup(group);
    ParquetFile.requireSound(pages.getPageReader(descriptor).readDictionaryPage());
    String writer = reader.getFileMetaData().getCreatedBy();
    return new ParquetColumn(
        new ColumnReadStoreImpl(pages, NOWHERE, schema, writer).getColumnReader(descriptor));
  }

  @Override
  public String row() {
    return "row " + row + " (from 0)";
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
