package io.cordee.worker.data;

import io.cordee.common.job.SourceSpec;
import io.cordee.common.model.ModelSpec;
import java.util.List;

/** Rows from a pair of IDX files. Features stay bytes. */
final class IdxSource implements DataSource {

  private final IdxFile features;
  private final IdxFile labels;
  private final float[] table;
  private final ClassLabels classes;
  private final int outputs;

  private IdxSource(
      IdxFile features, IdxFile labels, float[] table, ClassLabels classes, int outputs) {
    this.features = features;
    this.labels = labels;
    this.table = table;
    this.classes = classes;
    this.outputs = outputs;
  }

  static IdxSource open(SourceSpec.Idx spec, ModelSpec model, DataFolder folder) {
    Input featuresInput = Input.file(folder.find(spec.features()));
    Input labelsInput = Input.file(folder.find(spec.labels()));
    IdxFile features = IdxFile.open(featuresInput, IdxFile.Kind.FEATURES);
    IdxFile labels = IdxFile.open(labelsInput, IdxFile.Kind.LABELS);
    if (features.width() != model.inputs()) {
      throw new DataException(
          String.format(
              "%s: expected %d features per row, the model's inputs; found %d",
              featuresInput.name(), model.inputs(), features.width()));
    }
    if (labels.rows() != features.rows()) {
      throw new DataException(
          String.format(
              "%s: expected %d labels, one for each row of %s; found %d",
              labelsInput.name(), features.rows(), featuresInput.name(), labels.rows()));
    }
    return new IdxSource(
        features,
        labels,
        Features.byteTable(Scales.checked(spec.scale(), featuresInput.name())),
        ClassLabels.of(model, List.of()),
        model.outputs());
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
      return new Cursor(featureReader, labels.reader());
    } catch (DataException e) {
      featureReader.close();
      throw e;
    }
  }

  private final class Cursor implements RowCursor {

    private final IdxFile.Reader featureReader;
    private final IdxFile.Reader labelReader;
    private long row;

    Cursor(IdxFile.Reader featureReader, IdxFile.Reader labelReader) {
      this.featureReader = featureReader;
      this.labelReader = labelReader;
    }

    @Override
    public void skip(long rows) {
      featureReader.skip(rows);
      labelReader.skip(rows);
      row += rows;
    }

    @Override
    public StoredRows next(int rows) {
      byte[] values = featureReader.next(rows);
      byte[] labelled = labelReader.next(rows);
      int[] indices = new int[rows];
      for (int i = 0; i < rows; i++) {
        indices[i] = classes.indexOf(labelled[i] & 0xff, labelReader.placeOf(row + i));
      }
      row += rows;
      return new StoredRows(
          rows,
          new Features.Bytes(features.width(), values, table),
          new Targets.Classes(outputs, indices));
    }

    @Override
    public void close() {
      try (featureReader) {
        labelReader.close();
      }
    }
  }
}
