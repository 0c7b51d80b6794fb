package io.cordee.worker.data.rows;

import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.Split;
import io.cordee.common.model.ModelSpec;
import java.io.IOException;
import java.util.List;

/** Rows that are not from files. */
public record ExternalSource(SourceSpec.External spec, ModelSpec model, ExternalRows external)
    implements DataSource {

  public static ExternalSource open(
      SourceSpec.External spec, ModelSpec model, ExternalRows.Finder finder) {
    ExternalRows rows = finder.find(spec.name());
    if (!model.ids().isEmpty() && !rows.hasIds()) {
      throw new DataException(
          "rows %s: the job has data.ids, which rows of this program cannot have; leave data.ids"
              + " out, name a csv or parquet file, or have a function process bring the rows",
          spec.name());
    }
    int features = model.inputs() - model.fromTables();
    if (rows.features() != features) {
      throw new DataException(
          "rows %s: expected %d features per row, the model's inputs; found %d",
          spec.name(), features, rows.features());
    }
    return new ExternalSource(spec, model, rows);
  }

  @Override
  public String name() {
    return "rows " + spec.name();
  }

  @Override
  public long rows() {
    return external.count();
  }

  @Override
  public long firstIndex() {
    return external.first();
  }

  @Override
  public Parts split(Split split) {
    throw new DataException(
        "%s cannot be split; give rows to validate and to test on names of their own", name());
  }

  /** Returns the same rows: of preprocessing, they may have ids, which are read with them. */
  @Override
  public DataSource preprocessed(Preprocessing wanted, Partitions partitions) {
    return this;
  }

  @Override
  public RowCursor cursor() {
    return new Cursor();
  }

  private final class Cursor implements RowCursor {

    private long at;

    @Override
    public void skip(long rows) {
      at += rows;
    }

    @Override
    public PartitionRows next(int rows) {
      Builder builder = new Builder(at, rows);
      try {
        external.read(at, rows, builder);
      } catch (IOException e) {
        throw DataException.unreadable(name(), e);
      }
      at += rows;
      return builder.build();
    }

    @Override
    public void close() {}
  }

  private final class Builder implements ExternalRows.Sink {

    private final long from;
    private final int rows;
    private final FeatureBuilder features;
    private final int[] indices;
    private final float[] values;
    private int row;

    Builder(long from, int rows) {
      this.from = from;
      this.rows = rows;
      features =
          model.ids().isEmpty() && (external.isSparse() || model.table().isPresent())
              ? FeatureBuilder.sparse(model).make(name(), rows, model.inputs())
              : FeatureBuilder.ofTable(model).make(name(), rows, model.inputs());
      indices = new int[spec.labelled() ? rows : 0];
      values = new float[spec.labelled() ? 0 : Features.arrayLength(name(), rows, model.outputs())];
    }

    @Override
    public void feature(int index, double value) {
      features.put(index, value);
    }

    @Override
    public void target(int column, double value) {
      if (!spec.labelled()) {
        values[row * model.outputs() + column] = (float) value;
        return;
      }
      int classes = Math.max(2, model.outputs());
      int index = (int) value;
      if (index != value || index < 0 || index >= classes) {
        throw new DataException(
            "%s, row %d (from 0): expected a class index from 0 to %d; found %s",
            name(), from + row, classes - 1, value);
      }
      indices[row] = index;
    }

    @Override
    public void endRow() {
      features.endRow();
      row++;
    }

    /** Keeps of rows that somebody else holds their ids alone. */
    private static Features elsewhere(Features read, long checksum) {
      Features.Elsewhere others = new Features.Elsewhere(checksum);
      return read instanceof Features.Ids ids ? new Features.Ids(others, ids.ids()) : others;
    }

    PartitionRows build() {
      if (row != rows) {
        throw new DataException("%s: expected %d rows; found %d", name(), rows, row);
      }
      Features read = features.build();
      long checksum = external.checksum(from, rows);
      return new PartitionRows(
          rows,
          checksum == 0 ? read : elsewhere(read, checksum),
          spec.labelled()
              ? new Targets.Classes(model.outputs(), ClassLabels.of(model, List.of()), indices)
              : new Targets.Values(model.outputs(), values, List.of()));
    }
  }
}
