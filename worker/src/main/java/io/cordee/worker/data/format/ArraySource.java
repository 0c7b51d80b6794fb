package io.cordee.worker.data.format;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.Split;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.rows.ClassLabels;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.Features;
import io.cordee.worker.data.rows.FileCursor;
import io.cordee.worker.data.rows.HeldOut;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.rows.RowCursor;
import io.cordee.worker.data.rows.Targets;
import io.cordee.worker.math.ByteScale;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Rows from an array of features and, if wanted, one of labels or target values.
 *
 * @param bytes the scale again, for features that stay bytes
 * @param classes of the labels; empty for target values
 * @param part the rows of the files to read; empty for all
 * @param columns which rows are held out
 */
public record ArraySource(
    ArrayFile features,
    double scale,
    ByteScale bytes,
    Optional<ArrayFile> targets,
    Optional<ClassLabels> classes,
    int outputs,
    Optional<BitSet> part,
    Columns columns)
    implements DataSource {

  /**
   * @param targets labels or target values; empty if only features are read
   * @param areLabels which of these
   */
  public static ArraySource of(
      ArrayFile features,
      double scale,
      Optional<ArrayFile> targets,
      boolean areLabels,
      ModelSpec model) {
    requireWidth(features, model.inputs(), "features per row, the model's inputs");
    Features.requireScale(scale, features.name());
    targets.ifPresent(
        file -> {
          if (!areLabels) {
            requireWidth(file, model.outputs(), "targets per row, the model's outputs");
          }
          if (file.rows() != features.rows()) {
            throw new DataException(
                "%s: expected %d rows, as many as %s has; found %d",
                file.name(), features.rows(), features.name(), file.rows());
          }
        });
    return new ArraySource(
        features,
        scale,
        new ByteScale(scale),
        targets,
        areLabels ? Optional.of(ClassLabels.of(model, List.of())) : Optional.empty(),
        model.outputs(),
        Optional.empty(),
        Columns.UNKNOWN);
  }

  private static void requireWidth(ArrayFile file, int width, String what) {
    if (file.width() != width) {
      throw new DataException(
          "%s: expected %d %s; found %d", file.name(), width, what, file.width());
    }
  }

  @Override
  public String name() {
    return features.name();
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
    return Parts.of(heldOut, rows -> of(Optional.of(rows), columns.split(heldOut.words())));
  }

  private ArraySource of(Optional<BitSet> rows, Columns its) {
    return new ArraySource(features, scale, bytes, targets, classes, outputs, rows, its);
  }

  @Override
  public DataSource known(Optional<BitSet> rows, long count, long[] index) {
    return of(rows, columns);
  }

  /** The class index of each row; all 0 if not by label. */
  private int[] strata(boolean byLabel) {
    int[] strata = new int[(int) features.rows()];
    if (byLabel && targets.isPresent() && classes.isPresent()) {
      try (ArrayReader reader = new ArrayReader(targets.get())) {
        reader.indices(classes.get(), strata, 0, strata.length);
      }
    }
    return strata;
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
    ArrayReader featureReader = new ArrayReader(features);
    try {
      return new Cursor(featureReader, targets.map(ArrayReader::new));
    } catch (DataException e) {
      featureReader.close();
      throw e;
    }
  }

  private final class Cursor extends FileCursor {

    private final ArrayReader featureReader;
    private final Optional<ArrayReader> targetReader;

    Cursor(ArrayReader featureReader, Optional<ArrayReader> targetReader) {
      super(part);
      this.featureReader = featureReader;
      this.targetReader = targetReader;
    }

    @Override
    protected void skipInFile(long rows) {
      featureReader.skip(rows);
      targetReader.ifPresent(reader -> reader.skip(rows));
    }

    @Override
    protected Block block(int rows) {
      return new ArrayBlock(rows);
    }

    @Override
    public void close() {
      try (featureReader) {
        targetReader.ifPresent(ArrayReader::close);
      }
    }

    private final class ArrayBlock implements Block {

      private final Features ofRows;
      private final Targets wanted;
      private final int rows;
      private int row;

      ArrayBlock(int rows) {
        this.rows = rows;
        int length = Features.arrayLength(name(), rows, features.width());
        ofRows =
            features.type().isByte()
                ? new Features.Bytes(
                    features.width(), ByteBuffer.allocate(length), bytes, Optional.empty())
                : new Features.Floats(features.width(), new float[length]);
        wanted =
            targets.map(file -> targets(file, rows)).orElseGet(() -> new Targets.None(outputs));
      }

      private Targets targets(ArrayFile file, int rows) {
        return classes.isPresent()
            ? new Targets.Classes(outputs, classes.get(), new int[rows])
            : new Targets.Values(
                outputs, new float[Features.arrayLength(file.name(), rows, outputs)], List.of());
      }

      @Override
      public void read(int run) {
        if (ofRows instanceof Features.Bytes kept) {
          featureReader.bytes(kept.values().array(), row, run);
        } else if (ofRows instanceof Features.Floats scaled) {
          featureReader.floats(scale, scaled.values().array(), row, run);
        } else {
          throw new IllegalStateException("no case for " + ofRows);
        }
        if (wanted instanceof Targets.Classes labels) {
          targetReader.orElseThrow().indices(labels.labels(), labels.indices().array(), row, run);
        } else if (wanted instanceof Targets.Values values) {
          targetReader.orElseThrow().floats(1, values.values().array(), row, run);
        } else if (!(wanted instanceof Targets.None)) {
          throw new IllegalStateException("no case for " + wanted);
        }
        row += run;
      }

      @Override
      public PartitionRows build() {
        return new PartitionRows(rows, ofRows, wanted);
      }
    }
  }
}
