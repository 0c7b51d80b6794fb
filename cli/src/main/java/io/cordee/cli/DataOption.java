package io.cordee.cli;

import io.cordee.common.job.Job;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.data.DataException;
import io.cordee.worker.data.DataFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Where the data are. */
final class DataOption {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The folder that the job's files are looked for in (default: ./data).")
  private Optional<Path> data = Optional.empty();

  /**
   * The folder to look in for the files of a job: the one that was given or, if none was, the usual
   * one or that of the job file, whichever holds them all. If neither does, it is one that holds
   * some, so that what is missing is named.
   *
   * @return empty for the usual one
   */
  Optional<Path> path(Job job, Optional<Path> jobFile) {
    root();
    if (data.isPresent()) {
      return data;
    }
    List<Path> places =
        Stream.concat(
                Stream.of(DataFolder.DEFAULT_ROOT),
                jobFile.map(file -> file.toAbsolutePath().getParent()).stream())
            .toList();
    return first(places, folder -> files(job).allMatch(folder::has), job)
        .or(() -> first(places, folder -> files(job).anyMatch(folder::has), job))
        .filter(place -> !place.equals(DataFolder.DEFAULT_ROOT));
  }

  private static Stream<String> files(Job job) {
    return job.data().files().stream();
  }

  private static Optional<Path> first(List<Path> places, Predicate<DataFolder> isFit, Job job) {
    return places.stream()
        .filter(place -> isFit.test(new DataFolder(place, job.data().folder())))
        .findFirst();
  }

  /**
   * Looks at the files of a job as a worker does, before anything is made or started.
   *
   * @param root as {@link #path} has it
   */
  static void look(Job job, Optional<Path> root) {
    try {
      new HeldRows(job, DataFolder.rootsFor(job.data(), root.orElse(DataFolder.DEFAULT_ROOT)));
    } catch (DataException e) {
      throw CommandException.failed(e.getMessage());
    }
  }

  /** The folder to look in. */
  Path root() {
    if (data.isPresent() && !Files.isDirectory(data.get())) {
      throw CommandException.wrongUse("--data " + data.get() + ": no such folder");
    }
    return data.orElse(DataFolder.DEFAULT_ROOT);
  }
}
