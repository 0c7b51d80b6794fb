package io.cordee.cli;

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

  Optional<Path> path() {
    return data;
  }

  /** The folder to look in. */
  Path root() {
    if (data.isPresent() && !Files.isDirectory(data.get())) {
      throw CommandException.wrongUse("--data " + data.get() + ": no such folder");
    }
    return data.orElse(DataFolder.DEFAULT_ROOT);
  }
}
