package io.cordee.cli;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobException;
import io.cordee.common.job.JobFile;
import io.cordee.common.job.Mode;
import io.cordee.server.checkpoint.CheckpointFolder;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.SavedRun;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Going on with a run. */
final class ResumeOption {

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Go on with the run in this folder, from its last good checkpoint; one that is complete is left as it is. The job is that of the folder; with --set, what it says of stop, checkpoint and team may change; how many workers and shards there are is to be given again.")
  private Optional<Path> folder = Optional.empty();

  boolean isAsked() {
    return folder.isPresent();
  }

  Optional<Path> folder() {
    return folder;
  }

  /** The files that are of this job: that of the run that is resumed, and one that is given. */
  List<Path> jobFiles(Optional<Path> given) {
    return Stream.concat(folder.map(run -> run.resolve(RunFiles.JOB)).stream(), given.stream())
        .toList();
  }

  /** A run has one folder. */
  void check(Optional<Path> out) {
    if (isAsked() && out.isPresent()) {
      throw CommandException.wrongUse(
          "--resume goes on in the folder that it names; leave --out away");
    }
  }

  /** How the run was completed, if this job has nothing to add to it. */
  Optional<Outcome.Completed> completed(Job job) {
    return folder.flatMap(run -> SavedRun.completed(run, job));
  }

  /** What there is to say of a run that was completed so. */
  String nothingLeft(Outcome.Completed completed) {
    return "nothing is left to train in %s: %s; --set stop.rounds=N trains on"
        .formatted(folder.orElseThrow(), completed.message());
  }

  /** Whether the run was trained on rows with these columns so far. */
  void check(Columns columns) {
    if (!isAsked()) {
      return;
    }
    Optional<String> difference = columnsOfRun(folder.get()).difference(columns);
    if (difference.isPresent()) {
      throw CommandException.failed(
          "the columns of the training rows are not those that %s was begun with: %s; give it the same files"
              .formatted(folder.get(), difference.get()));
    }
  }

  private static Columns columnsOfRun(Path run) {
    try {
      SavedRun.job(run);
      return JobFile.found(run.resolve(RunFiles.JOB)).columns();
    } catch (IOException e) {
      throw CommandException.failed(Errors.text(e));
    } catch (JobException e) {
      throw CommandException.failed(e.getMessage());
    }
  }

  /** Whether there is something that this job can go on from by so many shards. */
  void check(Job job, int shards) {
    if (!isAsked()) {
      return;
    }
    if (job.mode() instanceof Mode.Async) {
      throw CommandException.failed(
          folder.orElseThrow()
              + " is a run in mode async, which keeps no checkpoints; begin another one with --out");
    }
    try {
      OptionalInt kept =
          CheckpointFolder.shardsOf(folder.orElseThrow().resolve(RunFiles.CHECKPOINTS));
      if (kept.isPresent() && kept.getAsInt() != shards) {
        throw CommandException.wrongUse(
            "%s was kept by %s%s; found %s; give --shards %s (to cordee server: --shard 0/%s)"
                .formatted(
                    folder.orElseThrow(),
                    kept.getAsInt(),
                    kept.getAsInt() == 1 ? " server" : " shards",
                    shards,
                    kept.getAsInt(),
                    kept.getAsInt()));
      }
    } catch (IOException e) {
      throw CommandException.failed(Errors.text(e));
    }
  }

  /** The run's job; a file that is given must hold the same one. */
  Job job(JobOptions options, Optional<Path> file) {
    if (folder.isEmpty() || file.isPresent()) {
      return options.read(file);
    }
    try {
      return SavedRun.job(folder.get(), options.overrides().toArray(String[]::new));
    } catch (JobException e) {
      throw CommandException.wrongUse(e.getMessage());
    } catch (IOException e) {
      throw CommandException.failed(Errors.text(e));
    }
  }
}
