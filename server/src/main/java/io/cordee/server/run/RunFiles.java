package io.cordee.server.run;

import io.cordee.common.file.Draft;
import io.cordee.common.job.Found;
import io.cordee.common.job.JobException;
import io.cordee.common.job.JobFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What is in a folder before a run begins there, and after one that never began. */
final class RunFiles {

  static final String METRICS = "metrics.csv";
  static final String CHECKPOINTS = "checkpoints";
  static final String LOCK = ".lock";
  private static final String LOG = "run.log";

  /** How many of the files that are in the way are named. */
  private static final int SHOWN = 3;

  private RunFiles() {}

  static void requireFree(Path folder) throws IOException {
    if (Files.exists(folder.resolve(METRICS))) {
      throw new IOException(
          folder
              + " holds a run already (metrics.csv); choose another folder, or resume it with --resume");
    }
    List<String> found = others(folder);
    if (!found.isEmpty()) {
      int more = found.size() - SHOWN;
      throw new IOException(
          folder
              + " holds "
              + String.join(", ", found.subList(0, Math.min(SHOWN, found.size())))
              + (more > 0 ? " and " + more + " more" : "")
              + "; expected a folder that is new or empty: choose another with --out");
    }
  }

  static void requireRunOrFree(Path folder) throws IOException {
    if (Stream.of(LOCK, METRICS, CHECKPOINTS).noneMatch(f -> Files.exists(folder.resolve(f)))) {
      requireFree(folder);
    }
  }

  /** The names of what a folder holds, but for what a team may make before its run begins. */
  private static List<String> others(Path folder) throws IOException {
    return (Files.exists(folder) ? list(folder) : List.<Path>of())
        .stream()
            .map(file -> file.getFileName().toString())
            .filter(name -> !name.equals(LOCK) && !name.equals(LOG))
            .filter(name -> !Draft.isOf(RunFolder.JOB, name))
            .sorted()
            .toList();
  }

  /**
   * What a run has found so far.
   *
   * @throws IOException if that cannot be made sense of
   */
  static Found found(Path folder) throws IOException {
    try {
      return JobFile.found(folder.resolve(RunFolder.JOB));
    } catch (JobException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Deletes what a run and its shards have made in a folder that was free before. */
  static void deleteRun(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(RunFolder.JOB));
    Files.deleteIfExists(folder.resolve(METRICS));
    Path checkpoints = folder.resolve(CHECKPOINTS);
    if (Files.isDirectory(checkpoints)) {
      for (Path file : list(checkpoints)) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(checkpoints);
    }
  }

  /** After all else: from here on, others may begin a run there. */
  static void deleteLock(Path folder, boolean isNew) throws IOException {
    Files.deleteIfExists(folder.resolve(LOCK));
    if (isNew && list(folder).isEmpty()) {
      Files.deleteIfExists(folder);
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
