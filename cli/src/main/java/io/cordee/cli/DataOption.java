package io.cordee.cli;

import io.cordee.common.job.Job;
import io.cordee.worker.data.DataFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the data are. */
final class DataOption {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The folder that the job's files are looked for in (default: ./data).")
  private Optional<Path> data = Optional.empty();

  /**
   * The folder to look in for the files of a job: the one that was given. If none was, and not all
   * of them are in the usual one but they are beside the job file, it is that file's.
   *
   * @return empty for the usual one
   */
  Optional<Path> path(Job job, Optional<Path> jobFile) {
    root();
    if (data.isPresent() || holds(DataFolder.DEFAULT_ROOT, job)) {
      return data;
    }
    return jobFile
        .map(file -> file.toAbsolutePath().getParent())
        .filter(folder -> holds(folder, job));
  }

  private static boolean holds(Path root, Job job) {
    DataFolder folder = new DataFolder(root, job.data().folder());
    return job.data().files().stream().allMatch(folder::has);
  }

  /** The folder to look in. */
  Path root() {
    if (data.isPresent() && !Files.isDirectory(data.get())) {
      throw CommandException.wrongUse("--data " + data.get() + ": no such folder");
    }
    return data.orElse(DataFolder.DEFAULT_ROOT);
  }
}
