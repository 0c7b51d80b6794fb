package io.cordee.common.job;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rows of a job.
 *
 * @param folder where the files are, below the worker's data folder; empty for the data folder
 *     itself
 * @param test the rows to evaluate on, if they have files of their own
 * @param split how such rows are taken from those to train on instead
 * @param preprocessing of all features
 */
public record DataSpec(
    String folder,
    SourceSpec train,
    Optional<SourceSpec> test,
    Optional<Split> split,
    Preprocessing preprocessing) {

  /** Whose values are features as they are. */
  public DataSpec(String folder, SourceSpec train, Optional<SourceSpec> test) {
    this(folder, train, test, Optional.empty(), Preprocessing.NONE);
  }

  /** Whether there are rows to evaluate on. */
  public boolean hasTest() {
    return test.isPresent() || split.isPresent();
  }

  /** Every file that is read. */
  public List<String> files() {
    return Stream.concat(Stream.of(train), test.stream())
        .flatMap(source -> source.files().stream())
        .toList();
  }
}
