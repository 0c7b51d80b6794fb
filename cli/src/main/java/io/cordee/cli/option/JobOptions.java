package io.cordee.cli.option;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

public class JobOptions {

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Changes a key of the job, such as optimizer=adam or model.layers=[64,32,10]. May be repeated.")
  private List<String> overrides = new ArrayList<>();

  /** After all others. */
  void add(String override) {
    overrides.add(override);
  }

  /** In the order in which they are made. */
  public List<String> overrides() {
    return overrides;
  }

  /** The job in the file, or the built-in digits job, with the changes made. */
  public Job readJob(Optional<Path> file) {
    return read(file, overrides());
  }

  /**
   * Reads the job without the settings given for optimizers: a comparison has optimizers that lack
   * some of them.
   */
  public Job readBesideOptimizers(Optional<Path> file) {
    return read(file, overrides.stream().filter(set -> !set.startsWith("optimizer.")).toList());
  }

  private static Job read(Optional<Path> file, List<String> changes) {
    return file.isPresent() ? JobFile.read(file.get(), changes) : JobFile.defaultJob(changes);
  }
}
