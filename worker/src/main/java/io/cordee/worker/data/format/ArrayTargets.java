package io.cordee.worker.data.format;

import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.rows.ClassLabels;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Targets;
import java.util.List;
import java.util.Optional;

/**
 * An array of labels or target values.
 *
 * @param classes of the labels; empty for target values
 */
record ArrayTargets(ArrayFile file, int outputs, Optional<ClassLabels> classes) {

  static ArrayTargets labels(ArrayFile file, ModelSpec model) {
    return new ArrayTargets(file, model.outputs(), Optional.of(ClassLabels.of(model, List.of())));
  }

  static ArrayTargets values(ArrayFile file, ModelSpec model) {
    if (file.width() != model.outputs()) {
      throw new DataException(
          "%s: expected %d targets per row, the model's outputs; found %d",
          file.name(), model.outputs(), file.width());
    }
    return new ArrayTargets(file, model.outputs(), Optional.empty());
  }

  ArrayBlock<Targets> block(int rows) {
    return classes.isPresent()
        ? new ArrayBlock.Labels(file, classes.get(), outputs, rows)
        : new ArrayBlock.Floats<>(
            file, 1, rows, values -> new Targets.Values(outputs, values, List.of()));
  }
}
