package io.cordee.worker.data;

import io.cordee.common.job.SourceSpec;
import io.cordee.common.model.ModelSpec;
import java.util.List;
import java.util.Optional;

/**
 * A part of the digits that ship with Cordee: of the resource's rows, in an order drawn once and
 * for all, the first 1,437 to train on, the other 360 to test on.
 */
final class DigitsSource implements DataSource {

  private static final SourceSpec.Csv FORMAT =
      new SourceSpec.Csv("digits.csv.gz", false, ',', Optional.of("64"), List.of(), List.of(), 16);
  private static final int TRAIN_ROWS = 1437;
  private static final int TEST_ROWS = 360;

  private final TextSource all;
  private final SourceSpec.Part part;

  private DigitsSource(TextSource all, SourceSpec.Part part) {
    this.all = all;
    this.part = part;
  }

  static DigitsSource open(SourceSpec.Digits spec, ModelSpec model) {
    return new DigitsSource(
        TextSource.csv(FORMAT, model, Input.resource(FORMAT.file())), spec.part());
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
