package io.cordee.server.run;

import io.cordee.common.file.Draft;
import io.cordee.common.file.FolderLock;
import io.cordee.common.file.WholeFile;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The folder of a run, to which nobody else writes until this is closed.
 *
 * @param isNew whether it was made for this run
 */
record OwnFolder(Path path, FolderLock lock, boolean isNew) implements Closeable {

  private static final Set<String> WRITTEN = Set.of(RunFiles.JOB, RunFiles.MODEL, RunFiles.BEST);

  /**
   * A folder for a new run.
   *
   * @throws IOException if it cannot be made, or is not {@linkplain RunFiles#requireFree free}
   */
  static OwnFolder free(Path path) throws IOException {
    RunFiles.requireFree(path);
    boolean isNew = Files.notExists(path);
    Files.createDirectories(path);
    OwnFolder folder = new OwnFolder(path, RunFiles.lock(path), isNew);
    try {
      RunFiles.requireFree(path);
      return folder;
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * The folder of a run that was begun before.
   *
   * @throws IOException if another process writes to it
   */
  static OwnFolder ofRun(Path path) throws IOException {
    return new OwnFolder(path, RunFiles.lock(path), false);
  }

  /**
   * Writes the first files; none is left if one cannot be written. The job is the last: it alone
   * would not tell that the folder is a run's.
   */
  MetricsFile begin(Job job, Found found) throws IOException {
    RunFiles.deleteRun(path); // of one that was killed before it got anywhere
    MetricsFile metrics = MetricsFile.create(path.resolve(RunFiles.METRICS), job);
    try {
      clear();
      writeJob(job, found);
      return metrics;
    } catch (IOException e) {
      metrics.close();
      RunFiles.deleteRun(path);
      throw e;
    }
  }

  void writeJob(Job job, Found found) throws IOException {
    WholeFile.write(path.resolve(RunFiles.JOB), JobFile.write(job, found));
  }

  /** Deletes what killed processes have left unfinished. */
  void clear() throws IOException {
    Draft.deleteAbandoned(path, WRITTEN::contains);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  /** As if the run had never been; to be closed at once. */
  void forget() throws IOException {
    RunFiles.deleteRun(path);
    RunFiles.deleteLock(path, isNew);
  }
}
