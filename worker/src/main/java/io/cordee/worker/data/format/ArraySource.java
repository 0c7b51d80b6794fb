package io.cordee.worker.data.format;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.Split;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.Features;
import io.cordee.worker.data.rows.HeldOut;
import io.cordee.worker.data.rows.RowCursor;
import io.cordee.worker.data.rows.StoredRows;
import io.cordee.worker.data.rows.Targets;
import java.util.BitSet;
import java.util.Optional;

/**
 * Rows from an array of features and, if wanted, one of labels or target values.
 *
 * @param part the rows of the files to read; empty for all
 * @param columns which rows are held out
 */
record ArraySource(
    ArrayFeatures features,
    Optional<ArrayTargets> targets,
    int outputs,
    Optional<BitSet> part,
    Columns columns)
    implements DataSource {

  static ArraySource of(ArrayFeatures features, Optional<ArrayTargets> targets, int outputs) {
    long rows = features.file().rows();
    targets
        .map(ArrayTargets::file)
        .filter(file -> file.rows() != rows)
        .ifPresent(
            file -> {
              throw new DataException(
                  "%s: expected %d rows, as many as %s has; found %d",
                  file.name(), rows, features.file().name(), file.rows());
            });
    return new ArraySource(features, targets, outputs, Optional.empty(), Columns.UNKNOWN);
  }

  @Override
  public String name() {
    return features.file().name();
  }

  @Override
  public long rows() {
    return part.map(rows -> (long) rows.cardinality()).orElse(features.file().rows());
  }

  @Override
  public Parts split(Split split) {
    if (part.isPresent() || features.file().rows() > Features.MAX_ELEMENTS) {
      throw new DataException("%s: its %d rows cannot be split", name(), rows());
    }
    HeldOut heldOut = HeldOut.of(strata(split.stratify()), split, name());
    return Parts.of(
        heldOut,
        rows ->
            new ArraySource(
                features, targets, outputs, Optional.of(rows), columns.split(heldOut.words())));
  }

  /** The class index of each row; all 0 if not by label. */
  private int[] strata(boolean byLabel) {
    int rows = (int) features.file().rows();
    if (byLabel && targets.isPresent()) {
      ArrayBlock<Targets> block = targets.get().block(rows);
      try (ArrayReader reader = targets.get().file().reader()) {
        block.read(reader, rows);
      }
      if (block.build() instanceof Targets.Classes labels) {
        return labels.indices();
      }
    }
    return new int[rows];
  }

  /** Reports the first wrong row only. */
  @Override
  public Optional<String> check() {
    long rows = rows();
    try (RowCursor cursor = cursor()) {
      for (long from = 0; from < rows; from += COUNTED) {
        cursor.next((int) Math.min(COUNTED, rows - from));
      }
    }
    return Optional.empty();
  }

  @Override
  public RowCursor cursor() {
    ArrayReader featureReader = features.file().reader();
    try {
      return new Cursor(featureReader, targets.map(it -> it.file().reader()));
    } catch (DataException e) {
      featureReader.close();
      throw e;
    }
  }

  private final class Cursor implements RowCursor {

    private final ArrayReader featureReader;
    private final Optional<ArrayReader> targetReader;

    Cursor(ArrayReader featureReader, Optional<ArrayReader> targetReader) {
      this.featureReader = featureReader;
      this.targetReader = targetReader;
    }

    @Override
    public void skip(long rows) {
      long left = rows;
      while (left > 0) {
        skipToPart();
        long run = Math.min(left, runLength());
        skipInFiles(run);
        left -= run;
      }
    }

    private void skipInFiles(long rows) {
      featureReader.skip(rows);
      targetReader.ifPresent(reader -> reader.skip(rows));
    }

    private void skipToPart() {
      part.ifPresent(rows -> skipInFiles(rows.nextSetBit(row()) - row()));
    }

    /** The number of consecutive rows to read. */
    private long runLength() {
      return part.isPresent() ? part.get().nextClearBit(row()) - row() : Long.MAX_VALUE;
    }

    /** The next row of the files, if only a part of them is read. */
    private int row() {
      return (int) featureReader.row();
    }

    @Override
    public StoredRows next(int rows) {
      ArrayBlock<Features> featureBlock = features.block(rows);
      Optional<ArrayBlock<Targets>> targetBlock = targets.map(it -> it.block(rows));
      for (int row = 0; row < rows; ) {
        skipToPart();
        int run = (int) Math.min(rows - row, runLength());
        featureBlock.read(featureReader, run);
        targetBlock.ifPresent(block -> block.read(targetReader.orElseThrow(), run));
        row += run;
      }
      return new StoredRows(
          rows,
          featureBlock.build(),
          targetBlock.map(ArrayBlock::build).orElseGet(() -> new Targets.None(outputs)));
    }

    @Override
    public void close() {
      try (featureReader) {
        targetReader.ifPresent(ArrayReader::close);
      }
    }
  }
}
