package io.cordee.server.run;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.Columns;
import io.cordee.common.model.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The file of a run's best weights; those that cannot be written wait, as rows do. Writing takes a
 * moment: where better weights follow each other quickly, not all are written.
 */
final class BestFile {

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private final Path folder;
  private final Job job;
  private final LongSupplier nanoTime;

  /** Writes the best weights, where that has not been done. */
  private Optional<LastWriting.Writing> unwritten = Optional.empty();

  /** When it was written; empty if this process has not done so. */
  private OptionalLong written = OptionalLong.empty();

  BestFile(Path folder, Job job) {
    this(folder, job, System::nanoTime);
  }

  BestFile(Path folder, Job job, LongSupplier nanoTime) {
    this.folder = folder;
    this.job = job;
    this.nanoTime = nanoTime;
  }

  Path path() {
    return folder.resolve(RunFiles.BEST);
  }

  /** The round of the weights in the file; -1 if there are none. */
  int round() {
    return SavedRun.rounds(path());
  }

  /** The weights, in parts, must not change until they are written. */
  void put(Best best, List<float[]> weights, Columns columns) {
    Map<String, String> metadata = SavedRun.bestMetadata(job, best, columns);
    unwritten = Optional.of(() -> ModelFile.write(path(), job.model(), weights, metadata));
  }

  /** Returns whether it is a while since it was written. */
  boolean isDue() {
    return written.isEmpty() || nanoTime.getAsLong() - written.getAsLong() >= PAUSE;
  }

  boolean isWritten() {
    return unwritten.isEmpty();
  }

  void write() throws IOException {
    if (unwritten.isPresent()) {
      unwritten.get().write();
      unwritten = Optional.empty();
      written = OptionalLong.of(nanoTime.getAsLong());
    }
  }
}
