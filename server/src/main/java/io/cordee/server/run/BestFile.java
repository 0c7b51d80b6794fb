package io.cordee.server.run;

import io.cordee.common.job.Best;
import io.cordee.common.job.Columns;
import io.cordee.common.job.Job;
import io.cordee.common.model.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The file of a run's best weights; those that cannot be written wait, as rows do. */
final class BestFile {

  private final Path folder;
  private final Job job;

  /** Writes the best weights, where that has not been done. */
  private Optional<LastWriting.Writing> unwritten = Optional.empty();

  BestFile(Path folder, Job job) {
    this.folder = folder;
    this.job = job;
  }

  Path path() {
    return folder.resolve(RunFiles.BEST);
  }

  /** The round of the weights that are there; none if there are none. */
  int round() {
    return SavedRun.bestRound(folder);
  }

  /**
   * Has these weights written next.
   *
   * @param weights not to change before they are
   */
  void put(Best best, float[] weights, Columns columns) {
    Map<String, String> metadata = SavedRun.bestMetadata(job, best, columns);
    unwritten = Optional.of(() -> ModelFile.write(path(), job.model(), weights, metadata));
  }

  boolean isWritten() {
    return unwritten.isEmpty();
  }

  void write() throws IOException {
    if (unwritten.isPresent()) {
      unwritten.get().write();
      unwritten = Optional.empty();
    }
  }
}
