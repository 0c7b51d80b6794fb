package io.cordee.worker.data.format;

import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.rows.DataSource;
import java.util.Optional;

/** Rows from an IDX file of features and, if wanted, one of labels. */
public final class IdxSource {

  private IdxSource() {}

  /**
   * @param labels empty if only features are read
   */
  public static DataSource open(
      SourceSpec.Idx spec, ModelSpec model, Input features, Optional<Input> labels) {
    return ArraySource.of(
        ArrayFeatures.of(IdxFile.open(features, IdxFile.Kind.FEATURES), spec.scale(), model),
        labels.map(file -> ArrayTargets.labels(IdxFile.open(file, IdxFile.Kind.LABELS), model)),
        model.outputs());
  }
}
