package io.cordee.worker.data.table;

import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.format.RowStart;
import io.cordee.worker.data.format.TextReader;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Targets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads files with the same columns, one after the other, as if they were one. */
public final class JoinedFiles implements TextReader {

  private final List<TextFile> files;
  private int next;
  private TextReader reader;

  private JoinedFiles(List<TextFile> files, RowStart from) {
    this.files = files;
    next = from.file();
    reader = files.get(next++).open(from);
  }

  /**
   * @param name what messages call them together
   * @param paths at least one
   */
  public static TextFile of(String name, List<Path> paths, Function<Path, TextFile> open) {
    List<TextFile> files = paths.stream().map(open).toList();
    TextFile first = files.get(0);
    for (TextFile other : files) {
      Optional<String> difference = first.columns().difference(other.columns());
      if (difference.isPresent() || !first.names().equals(other.names())) {
        throw new DataException(
            "%s: expected the columns of %s, in the same order; found others%s",
            other.name(), first.name(), difference.map(words -> ": " + words).orElse(""));
      }
    }
    TextFile all =
        files.size() == 1 ? first : first.reading(name, from -> new JoinedFiles(files, from));
    all.index().measure(paths);
    return all;
  }

  @Override
  public boolean advance() throws IOException {
    while (!reader.advance()) {
      if (next == files.size()) {
        return false;
      }
      reader.close();
      reader = files.get(next++).open(RowStart.FIRST);
    }
    return true;
  }

  @Override
  public RowStart start() {
    RowStart its = reader.start();
    return new RowStart(next - 1, its.at(), its.line(), its.rows());
  }

  @Override
  public void read(Cells cells, Targets targets, int row) {
    reader.read(cells, targets, row);
  }

  @Override
  public String label() {
    return reader.label();
  }

  @Override
  public String cell(String column) {
    return reader.cell(column);
  }

  @Override
  public List<String> ignored() {
    return reader.ignored();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
