package io.cordee.worker.data;

import io.cordee.common.job.Columns;
import io.cordee.common.job.SourceSpec;
import io.cordee.common.job.Split;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.math.ByteScale;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Rows from an IDX file of features and, if wanted, one of labels. Features stay bytes.
 *
 * @param part of the files' rows, those that are read; none if all are
 * @param columns which rows are held out
 */
record IdxSource(
    IdxFile features,
    Optional<IdxFile> labels,
    ByteScale scale,
    ClassLabels classes,
    int outputs,
    Optional<BitSet> part,
    Columns columns)
    implements DataSource {

  static IdxSource open(SourceSpec.Idx spec, ModelSpec model, DataFolder folder, Wanted wanted) {
    Input featuresInput = Input.file(folder.find(spec.features()));
    IdxFile features = IdxFile.open(featuresInput, IdxFile.Kind.FEATURES);
    if (features.width() != model.inputs()) {
      throw new DataException(
          "%s: expected %d features per row, the model's inputs; found %d",
          featuresInput.name(), model.inputs(), features.width());
    }
    Features.requireScale(spec.scale(), featuresInput.name());
    return new IdxSource(
        features,
        wanted != Wanted.FEATURES ? Optional.of(labels(spec, features, folder)) : Optional.empty(),
        new ByteScale(spec.scale()),
        ClassLabels.of(model, List.of()),
        model.outputs(),
        Optional.empty(),
        Columns.UNKNOWN);
  }

  private static IdxFile labels(SourceSpec.Idx spec, IdxFile features, DataFolder folder) {
    Input input = Input.file(folder.find(spec.labels()));
    IdxFile labels = IdxFile.open(input, IdxFile.Kind.LABELS);
    if (labels.rows() != features.rows()) {
      throw new DataException(
          "%s: expected %d labels, one for each row of %s; found %d",
          input.name(), features.rows(), features.input().name(), labels.rows());
    }
    return labels;
  }

  @Override
  public String name() {
    return features.input().name();
  }

  @Override
  public long rows() {
    return part.map(rows -> (long) rows.cardinality()).orElse(features.rows());
  }

  @Override
  public Parts split(Split split) {
    if (part.isPresent() || features.rows() > Features.MAX_ELEMENTS) {
      throw new DataException("%s: its %d rows cannot be split", name(), rows());
    }
    HeldOut heldOut = HeldOut.of(strata(split.stratify()), split, name());
    return Parts.of(
        heldOut,
        rows ->
            new IdxSource(
                features,
                labels,
                scale,
                classes,
                outputs,
                Optional.of(rows),
                columns.split(heldOut.words())));
  }

  /** The number of each row's label; all 0 if that is all one. */
  private int[] strata(boolean byLabel) {
    int rows = (int) features.rows();
    if (!byLabel || labels.isEmpty()) {
      return new int[rows];
    }
    try (IdxFile.Reader reader = labels.get().reader()) {
      byte[] labelled = reader.next(rows);
      return IntStream.range(0, rows).map(row -> labelled[row] & 0xff).toArray();
    }
  }

  @Override
  public RowCursor cursor() {
    IdxFile.Reader featureReader = features.reader();
    try {
      return new Cursor(featureReader, labels.map(IdxFile::reader));
    } catch (DataException e) {
      featureReader.close();
      throw e;
    }
  }

  private final class Cursor implements RowCursor {

    private final IdxFile.Reader featureReader;
    private final Optional<IdxFile.Reader> labelReader;

    /** The row of the files that is next. */
    private int at;

    Cursor(IdxFile.Reader featureReader, Optional<IdxFile.Reader> labelReader) {
      this.featureReader = featureReader;
      this.labelReader = labelReader;
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
      labelReader.ifPresent(reader -> reader.skip(rows));
      at += (int) rows;
    }

    /** Over the rows before the next one that is read. */
    private void skipToPart() {
      if (part.isPresent() && !part.get().get(at)) {
        skipInFiles(part.get().nextSetBit(at) - at);
      }
    }

    /** How many rows in a row are read. */
    private long runLength() {
      return part.isPresent() ? part.get().nextClearBit(at) - at : Long.MAX_VALUE;
    }

    @Override
    public StoredRows next(int rows) {
      byte[] values = new byte[Features.arrayLength(name(), rows, features.width())];
      int[] indices = new int[labels.isPresent() ? rows : 0];
      for (int row = 0; row < rows; ) {
        skipToPart();
        int run = (int) Math.min(rows - row, runLength());
        featureReader.next(run, values, row * features.width());
        if (labelReader.isPresent()) {
          readLabels(labelReader.get(), run, indices, row);
        }
        at += run;
        row += run;
      }
      return new StoredRows(
          rows,
          new Features.Bytes(features.width(), values, scale),
          labels.isPresent()
              ? new Targets.Classes(outputs, classes, indices)
              : new Targets.None(outputs));
    }

    private void readLabels(IdxFile.Reader reader, int run, int[] into, int from) {
      byte[] labelled = reader.next(run);
      for (int i = 0; i < run; i++) {
        into[from + i] = classes.indexOf(labelled[i] & 0xff, reader.placeOf(at + i));
      }
    }

    @Override
    public void close() {
      try (featureReader) {
        labelReader.ifPresent(IdxFile.Reader::close);
      }
    }
  }
}
