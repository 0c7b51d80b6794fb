package io.cordee.cli.team;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a local team is to train, and with how many processes.
 *
 * @param jobFile the built-in job if there is none
 * @param isResumed whether the run folder holds the beginning of the job
 * @param data where the workers look for files
 * @param threads compute threads of each worker
 * @param view options of the server that say where it can be looked at
 */
public record TeamSetup(
    Optional<Path> jobFile,
    List<String> overrides,
    Path runFolder,
    boolean isResumed,
    Optional<Path> data,
    int shards,
    int workers,
    int threads,
    List<String> view,
    boolean isQuiet) {

  Path log() {
    return runFolder.resolve("run.log");
  }

  Path metrics() {
    return runFolder.resolve("metrics.csv");
  }

  /** Where the job is written before anything else happens. */
  Path job() {
    return runFolder.resolve("job.yaml");
  }

  Path model() {
    return runFolder.resolve("model.safetensors");
  }
}
