package io.cordee.worker.data.format;

import io.cordee.common.job.data.TableFormat;
import java.io.IOException;
import java.util.List;

public record CsvFile(TableFormat.Csv format, Input input) implements TableFile {

  @Override
  public String name() {
    return input.name();
  }

  @Override
  public List<String> first() {
    return CsvReader.firstLine(format, input);
  }

  @Override
  public boolean hasCells(int column) {
    return true;
  }

  @Override
  public CellReader open() throws IOException {
    return new CsvReader(format, input);
  }
}
