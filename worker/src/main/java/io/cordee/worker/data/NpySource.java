package io.cordee.worker.data;

import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.ModelSpec;
import java.util.Optional;

/** Rows from a NumPy array of features and, if wanted, one of labels or target values. */
final class NpySource {

  private NpySource() {}

  static DataSource open(SourceSpec.Npy spec, ModelSpec model, DataFolder folder, Wanted wanted) {
    ArrayFile features = file(spec.features(), NpyFile.Kind.FEATURES, folder);
    return ArraySource.of(
        ArrayFeatures.of(features, spec.scale(), model),
        wanted == Wanted.FEATURES ? Optional.empty() : Optional.of(targets(spec, model, folder)),
        model.outputs());
  }

  private static ArrayTargets targets(SourceSpec.Npy spec, ModelSpec model, DataFolder folder) {
    return spec.labels().isPresent()
        ? ArrayTargets.labels(file(spec.wanted(), NpyFile.Kind.LABELS, folder), model)
        : ArrayTargets.values(file(spec.wanted(), NpyFile.Kind.TARGETS, folder), model);
  }

  private static ArrayFile file(String name, NpyFile.Kind kind, DataFolder folder) {
    return NpyFile.open(Input.file(folder.find(name)), kind);
  }
}
