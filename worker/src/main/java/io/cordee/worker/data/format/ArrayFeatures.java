package io.cordee.worker.data.format;

import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Features;
import io.cordee.worker.math.ByteScale;

/**
 * An array of features.
 *
 * @param bytes the scale again, for features that stay bytes
 */
record ArrayFeatures(ArrayFile file, double scale, ByteScale bytes) {

  static ArrayFeatures of(ArrayFile file, double scale, ModelSpec model) {
    if (file.width() != model.inputs()) {
      throw new DataException(
          "%s: expected %d features per row, the model's inputs; found %d",
          file.name(), model.inputs(), file.width());
    }
    Features.requireScale(scale, file.name());
    return new ArrayFeatures(file, scale, new ByteScale(scale));
  }

  ArrayBlock<Features> block(int rows) {
    return file.type().isByte()
        ? new ArrayBlock.Bytes(file, bytes, rows)
        : new ArrayBlock.Floats<>(
            file, scale, rows, values -> new Features.Floats(file.width(), values));
  }
}
