package io.cordee.cli.team;

import io.cordee.server.run.RunFiles;
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
 * @param forLead more options of the server, or of shard 0
 * @param forAll more options of every process
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
    List<String> forLead,
    List<String> forAll,
    Printing printing) {

  /** What the team's processes print. */
  public enum Printing {
    /** Progress and the end. */
    USUAL,
    /** Nothing but why the job has failed. */
    FAILURES,
    /** Nothing; all messages go to the run folder's log. */
    NOTHING
  }

  Path log() {
    return runFolder.resolve(RunFiles.LOG);
  }
}
