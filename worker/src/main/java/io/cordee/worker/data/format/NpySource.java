package io.cordee.worker.data.format;

import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.rows.DataSource;
import java.util.Optional;

/** Rows from a NumPy array of features and, if wanted, one of labels or target values. */
public final class NpySource {

  private NpySource() {}

  /**
   * @param wanted the file of the labels or targets; empty if only features are read
   */
  public static DataSource open(
      SourceSpec.Npy spec, ModelSpec model, Input features, Optional<Input> wanted) {
    return ArraySource.of(
        ArrayFeatures.of(NpyFile.open(features, NpyFile.Kind.FEATURES), spec.scale(), model),
        wanted.map(
            file ->
                spec.labels().isPresent()
                    ? ArrayTargets.labels(NpyFile.open(file, NpyFile.Kind.LABELS), model)
                    : ArrayTargets.values(NpyFile.open(file, NpyFile.Kind.TARGETS), model)),
        model.outputs());
  }
}
