package io.cordee.worker.data;

import io.cordee.common.job.data.TableFormat;
import java.io.IOException;
import java.util.List;

record CsvFile(TableFormat.Csv format, Input input) implements TableFile {

  @Override
  public String name() {
    return input.name();
  }

  @Override
  public List<String> first() {
    return CsvReader.firstLine(format, input);
  }

  @Override
  public TableColumns withCells(TableColumns columns) {
    return columns;
  }

  @Override
  public TableReader open(TableColumns columns, List<String> named) throws IOException {
    return new CsvReader(format, input, columns, named);
  }
}
