package io.cordee.worker.data;

import io.cordee.common.job.SourceSpec;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.math.ByteScale;
import java.util.List;
import java.util.Optional;

/** Rows from an IDX file of features and, if wanted, one of labels. Features stay bytes. */
record IdxSource(
    IdxFile features, Optional<IdxFile> labels, ByteScale scale, ClassLabels classes, int outputs)
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
        model.outputs());
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
    return features.rows();
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
    private long row;

    Cursor(IdxFile.Reader featureReader, Optional<IdxFile.Reader> labelReader) {
      this.featureReader = featureReader;
      this.labelReader = labelReader;
    }

    @Override
    public void skip(long rows) {
      featureReader.skip(rows);
      labelReader.ifPresent(reader -> reader.skip(rows));
      row += rows;
    }

    @Override
    public StoredRows next(int rows) {
      byte[] values = featureReader.next(rows);
      Targets targets =
          labelReader.map(reader -> targets(reader, rows)).orElse(new Targets.None(outputs));
      row += rows;
      return new StoredRows(rows, new Features.Bytes(features.width(), values, scale), targets);
    }

    private Targets targets(IdxFile.Reader reader, int rows) {
      byte[] labelled = reader.next(rows);
      int[] indices = new int[rows];
      for (int i = 0; i < rows; i++) {
        indices[i] = classes.indexOf(labelled[i] & 0xff, reader.placeOf(row + i));
      }
      return new Targets.Classes(outputs, classes, indices);
    }

    @Override
    public void close() {
      try (featureReader) {
        labelReader.ifPresent(IdxFile.Reader::close);
      }
    }
  }
}
