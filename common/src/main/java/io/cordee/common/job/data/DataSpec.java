package io.cordee.common.job.data;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rows of a job.
 *
 * @param folder where the files are, below the worker's data folder; empty for the data folder
 *     itself
 * @param validation the rows that decisions are made on while training, if they have files of their
 *     own
 * @param test the rows that results are reported on, if they have files of their own
 * @param split how such rows are taken from those to train on instead
 * @param preprocessing of all features
 */
public record DataSpec(
    String folder,
    SourceSpec train,
    Optional<SourceSpec> validation,
    Optional<SourceSpec> test,
    Optional<Split> split,
    Preprocessing preprocessing) {

  public boolean hasValidation() {
    return validation.isPresent() || split.filter(it -> it.validation() > 0).isPresent();
  }

  public boolean hasTest() {
    return test.isPresent() || split.filter(Split::hasTest).isPresent();
  }

  public boolean isEvaluated() {
    return hasValidation() || hasTest();
  }

  public List<String> files() {
    return Stream.of(Optional.of(train), validation, test)
        .flatMap(Optional::stream)
        .flatMap(source -> source.files().stream())
        .toList();
  }
}
