package io.cordee.worker.data;

import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.ModelSpec;
import java.util.Optional;

/** Rows from an IDX file of features and, if wanted, one of labels. */
final class IdxSource {

  private IdxSource() {}

  static DataSource open(SourceSpec.Idx spec, ModelSpec model, DataFolder folder, Wanted wanted) {
    ArrayFile features =
        IdxFile.open(Input.file(folder.find(spec.features())), IdxFile.Kind.FEATURES);
    return ArraySource.of(
        ArrayFeatures.of(features, spec.scale(), model),
        wanted == Wanted.FEATURES
            ? Optional.empty()
            : Optional.of(ArrayTargets.labels(labels(spec, folder), model)),
        model.outputs());
  }

  private static ArrayFile labels(SourceSpec.Idx spec, DataFolder folder) {
    return IdxFile.open(Input.file(folder.find(spec.labels())), IdxFile.Kind.LABELS);
  }
}
