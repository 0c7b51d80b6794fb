package io.cordee.worker.data.table;

import io.cordee.common.job.data.TableEncoding;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.format.RowReader;
import io.cordee.worker.data.format.RowStart;
import io.cordee.worker.data.format.TextReader;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.FeatureBuilder;
import io.cordee.worker.data.rows.FileCursor;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.rows.Targets;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

final class TextCursor extends FileCursor {

  /** Fewer rows are read faster than the file is opened elsewhere. */
  private static final int FEW = 256;

  private final TextFile file;
  private final TableEncoding encoding;
  private final Targets.Format targets;
  private TextReader reader;
  private long inFile;

  /**
   * @param part the rows of the file to read; empty for all
   */
  TextCursor(TextFile file, Optional<BitSet> part, TableEncoding encoding, Targets.Format targets) {
    super(part);
    this.file = file;
    this.encoding = encoding;
    this.targets = targets;
    reader = file.open(RowStart.FIRST);
  }

  @Override
  protected void skipInFile(long rows) {
    long to = inFile + rows;
    Map.Entry<Long, RowStart> near = file.index().upTo(rows < FEW ? 0 : to);
    if (near.getKey() > inFile) {
      close();
      reader = file.open(near.getValue());
      inFile = near.getKey();
    }
    while (inFile < to) {
      advance();
    }
  }

  @Override
  protected Block block(int rows) {
    FeatureBuilder features = file.features(rows);
    Cells cells = Encoder.of(encoding, file.scale(), features);
    Targets filled = targets.of(rows);
    return new Block() {
      private int row;

      @Override
      public void read(int run) {
        for (int end = row + run; row < end; row++) {
          advance();
          reader.read(cells, filled, row);
          features.endRow();
        }
      }

      @Override
      public PartitionRows build() {
        return new PartitionRows(rows, features.build(), filled);
      }
    };
  }

  /** Looks at each of the next rows without taking them into memory. */
  void forEach(long rows, Consumer<TextReader> look) {
    readRuns(
        rows,
        run -> {
          for (long i = 0; i < run; i++) {
            advance();
            look.accept(reader);
          }
        });
  }

  /** Refuses more rows. */
  void requireEnd() {
    if (isThereMore()) {
      throw new DataException(
          "%s: expected %d rows; found more: has it changed meanwhile?", file.name(), inFile);
    }
  }

  private boolean isThereMore() {
    try {
      return reader.advance();
    } catch (IOException e) {
      throw DataException.at(file.name() + ", after row " + inFile, e);
    }
  }

  private void advance() {
    if (!isThereMore()) {
      throw new DataException(
          "%s ends after %d rows; expected more: has it changed meanwhile?", file.name(), inFile);
    }
    inFile++;
    RowReader.leaveIfInterrupted(file.name());
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    }
  }
}
