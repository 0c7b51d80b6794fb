package io.cordee.worker.data;

import io.cordee.common.job.Columns;
import io.cordee.common.job.SourceSpec;
import io.cordee.common.model.ModelSpec;
import java.util.List;
import java.util.Optional;

/**
 * A part of the digits that ship with Cordee: of the resource's rows, in an order drawn once and
 * for all, the first 1,437 to train on, the other 360 to test on.
 */
public final class DigitsSource implements DataSource {

  private static final String RESOURCE = "digits.csv.gz";
  private static final int TRAIN_ROWS = 1437;
  private static final int TEST_ROWS = 360;

  private final TextSource all;
  private final SourceSpec.Part part;

  private DigitsSource(TextSource all, SourceSpec.Part part) {
    this.all = all;
    this.part = part;
  }

  static DigitsSource open(SourceSpec.Digits spec, ModelSpec model, Wanted wanted) {
    return new DigitsSource(
        TextSource.csv(format(RESOURCE), model, Input.resource(RESOURCE), wanted, Columns.UNKNOWN),
        spec.part());
  }

  /**
   * A file of other digits in the format of these: CSV without a header, 64 pixels from 0 to 16,
   * row by row, and the label.
   */
  public static SourceSpec.Csv format(String file) {
    return new SourceSpec.Csv(
        file,
        false,
        ',',
        Optional.of("64"),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        SourceSpec.Digits.SCALE);
  }

  @Override
  public String name() {
    return "digits";
  }

  @Override
  public long rows() {
    return part == SourceSpec.Part.TRAIN ? TRAIN_ROWS : TEST_ROWS;
  }

  @Override
  public RowCursor cursor() {
    RowCursor cursor = all.cursor();
    cursor.skip(part == SourceSpec.Part.TRAIN ? 0 : TRAIN_ROWS);
    return cursor;
  }
}
