package io.cordee.worker.data.table;

import io.cordee.common.job.data.TableEncoding;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.format.TextReader;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.FeatureBuilder;
import io.cordee.worker.data.rows.RowCursor;
import io.cordee.worker.data.rows.StoredRows;
import io.cordee.worker.data.rows.Targets;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;

final class TextCursor implements RowCursor {

  private final TextFile file;
  private final Optional<BitSet> part;
  private final TableEncoding encoding;
  private final Targets.Format targets;
  private final TextReader reader;
  private long inFile;

  /**
   * @param part the rows of the file to read; empty for all
   */
  TextCursor(TextFile file, Optional<BitSet> part, TableEncoding encoding, Targets.Format targets) {
    this.file = file;
    this.part = part;
    this.encoding = encoding;
    this.targets = targets;
    reader = file.open();
  }

  /** At the row that was moved to last. */
  TextReader reader() {
    return reader;
  }

  @Override
  public void skip(long rows) {
    for (long i = 0; i < rows; i++) {
      advance();
    }
  }

  @Override
  public StoredRows next(int rows) {
    FeatureBuilder features = file.features(rows);
    Cells cells = Encoder.of(encoding, file.scale(), features);
    Targets filled = targets.of(rows);
    for (int i = 0; i < rows; i++) {
      advance();
      reader.read(cells, filled, i);
    }
    return new StoredRows(rows, features.build(), filled);
  }

  private boolean advanceInFile() throws IOException {
    long next = part.isPresent() ? part.get().nextSetBit((int) inFile) : inFile;
    boolean isThere = next >= 0;
    while (isThere && inFile <= next) {
      isThere = reader.advance();
      inFile += isThere ? 1 : 0;
    }
    return isThere;
  }

  void advance() {
    try {
      if (!advanceInFile()) {
        throw new DataException(
            file.name()
                + " ends after "
                + inFile
                + " rows; expected more: has it changed meanwhile?");
      }
    } catch (IOException e) {
      throw DataException.at(file.name() + ", after row " + inFile, e);
    }
    file.leaveIfInterrupted();
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
