package io.cordee.server.run;

import io.cordee.common.file.Draft;
import io.cordee.common.file.FolderLock;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.reduce.Shard;
import io.cordee.common.text.Advice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of a run, and what may be in its folder before it begins. */
public final class RunFiles {

  public static final String JOB = "job.yaml";
  public static final String METRICS = "metrics.csv";
  public static final String MODEL = "model.safetensors";

  /** The best weights, where the job keeps them. */
  public static final String BEST = "best.safetensors";

  /** How good the model is on the test rows, as {@code evaluate --json} says it. */
  public static final String EVALUATION = "evaluation.json";

  public static final String CHECKPOINTS = "checkpoints";
  public static final String LOG = "run.log";
  static final String LOCK = ".lock";

  /** How many of the files that are in the way are named. */
  private static final int SHOWN = 3;

  private RunFiles() {}

  /**
   * Checks that a run may begin in a folder: it is new or empty, or its run was killed before its
   * first round was over.
   *
   * @throws IOException if the folder holds a run, or anything else that must not be touched
   */
  public static void requireFree(Path folder) throws IOException {
    LastRun.requireOther(folder);
    boolean isAbandoned = isAbandoned(folder);
    if (Files.exists(folder.resolve(METRICS)) && !isAbandoned) {
      throw new IOException(folder + " holds a run already (metrics.csv); " + Advice.OUT_OR_RESUME);
    }
    List<String> found =
        others(folder).stream().filter(name -> !isAbandoned || !isMade(name)).toList();
    if (!found.isEmpty()) {
      int more = found.size() - SHOWN;
      throw new IOException(
          "%s holds %s%s; expected a folder that is new or empty: %s"
              .formatted(
                  folder,
                  String.join(", ", found.subList(0, Math.min(SHOWN, found.size()))),
                  more > 0 ? " and " + more + " more" : "",
                  Advice.OUT));
    }
  }

  /**
   * @throws IOException if another process has locked the folder of the run
   */
  public static FolderLock lock(Path folder) throws IOException {
    return lock(folder, LOCK, "this run");
  }

  /** The same of what a shard other than 0 keeps; the folder is made. */
  public static FolderLock lock(Path folder, Shard shard) throws IOException {
    Files.createDirectories(folder);
    return lock(folder, LOCK + "-" + shard.number(), "shard " + shard + " of this run");
  }

  private static FolderLock lock(Path folder, String file, String what) throws IOException {
    String refusal = ": another process is writing to " + what + "; wait until it ends, or stop it";
    return FolderLock.take(folder.resolve(file), folder + refusal);
  }

  /** Returns whether a folder holds a run that is begun. */
  public static boolean areIn(Path folder) {
    return Files.exists(folder.resolve(METRICS)) && Files.exists(folder.resolve(JOB));
  }

  /** Returns whether a run was begun here and killed before anything came of it. */
  static boolean isAbandoned(Path folder) throws IOException {
    Path metrics = folder.resolve(METRICS);
    Path checkpoints = folder.resolve(CHECKPOINTS);
    return Files.exists(folder.resolve(LOCK))
        && Files.isRegularFile(metrics)
        && MetricsFile.hasNoRow(metrics)
        && Files.notExists(folder.resolve(MODEL))
        && (Files.notExists(checkpoints) || list(checkpoints).isEmpty());
  }

  /** Returns whether a run makes this before its first round is over. */
  private static boolean isMade(String name) {
    return List.of(JOB, METRICS, BEST, CHECKPOINTS).contains(name);
  }

  /**
   * Checks the folder of a shard that does not lead: it may come before the one that does, or share
   * its folder.
   *
   * @throws IOException if the folder holds something, but nothing of a run
   */
  public static void requireRunOrFree(Path folder) throws IOException {
    LastRun.requireOther(folder);
    if (Stream.of(LOCK, METRICS, CHECKPOINTS).noneMatch(f -> Files.exists(folder.resolve(f)))) {
      requireFree(folder);
    }
  }

  /** The names of what a folder holds, but for what a team may make before its run begins. */
  private static List<String> others(Path folder) throws IOException {
    return (Files.exists(folder) ? list(folder) : List.<Path>of())
        .stream()
            .map(file -> file.getFileName().toString())
            .filter(name -> !name.startsWith(LOCK) && !name.equals(LOG))
            .filter(name -> !Draft.isOf(JOB, name))
            .sorted()
            .toList();
  }

  /**
   * @throws IOException if the job's file is malformed
   */
  static Found found(Path folder) throws IOException {
    try {
      return JobFile.found(folder.resolve(JOB));
    } catch (JobException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Deletes what a run and its shards have made in a folder that was free before. */
  static void deleteRun(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(JOB));
    Files.deleteIfExists(folder.resolve(METRICS));
    Files.deleteIfExists(folder.resolve(BEST));
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
