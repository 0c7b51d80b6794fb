package io.cordee.worker.data;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.format.CsvFile;
import io.cordee.worker.data.format.Input;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.table.TextFile;
import io.cordee.worker.data.table.TextSource;
import io.cordee.worker.data.table.Wanted;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A part of the digits that ship with Cordee: of the resource's rows, in an order drawn once and
 * for all, the first 1,437 to train on, the other 360 to test on.
 */
public final class DigitsSource {

  private static final String RESOURCE = "digits.csv.gz";
  private static final TableFormat.Csv FORMAT = new TableFormat.Csv(false, ',');
  private static final int PIXELS = 64;
  private static final int ROWS = 1797;
  private static final int TRAIN_ROWS = 1437;

  private DigitsSource() {}

  static DataSource open(SourceSpec.Digits spec, ModelSpec model, Wanted wanted) {
    BitSet rows = new BitSet(ROWS);
    boolean isTrain = spec.part() == SourceSpec.Part.TRAIN;
    rows.set(isTrain ? 0 : TRAIN_ROWS, isTrain ? TRAIN_ROWS : ROWS);
    CsvFile file = new CsvFile(FORMAT, Input.resource("digits", DigitsSource.class, RESOURCE));
    OptionalInt inputs = OptionalInt.of(model.inputs());
    return new TextSource(
            TextFile.table(format(RESOURCE), model, file, wanted, Columns.UNKNOWN, inputs))
        .part(rows);
  }

  /**
   * A file of other digits in the format of these: CSV without a header, 64 pixels from 0 to 16,
   * row by row, and the label.
   */
  public static SourceSpec.Table format(String file) {
    return format(file, PIXELS, SourceSpec.Digits.SCALE);
  }

  /** As above, for rows of as many numbers as are inputs, to be divided by the scale. */
  public static SourceSpec.Table format(String file, int inputs, double scale) {
    return new SourceSpec.Table(
        file,
        FORMAT,
        Optional.of("" + inputs),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        scale,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
