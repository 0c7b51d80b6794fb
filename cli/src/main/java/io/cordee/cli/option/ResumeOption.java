package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.common.job.Job;
import io.cordee.common.job.Mode;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.JobChange;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.server.checkpoint.CheckpointFolder;
import io.cordee.server.run.LastModel;
import io.cordee.server.run.LastRun;
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

public final class ResumeOption {

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Resume the run in this folder from its last good checkpoint; a complete run is left as it is. The job is the folder's; --set may change stop, checkpoint, team and keep. Give the number of workers and shards again.")
  private Optional<Path> folder = Optional.empty();

  /** As if the run in this folder had been asked for. */
  public void continueIn(Path run) {
    folder = Optional.of(run);
  }

  public boolean isAsked() {
    return folder.isPresent();
  }

  public Optional<Path> folder() {
    return folder;
  }

  /** The job's files: that of the resumed run, and one that is given. */
  public List<Path> jobFiles(Optional<Path> given) {
    return Stream.concat(folder.map(run -> run.resolve(RunFiles.JOB)).stream(), given.stream())
        .toList();
  }

  /** Refuses --out beside --resume, as a run has one folder, and settles which folder this is. */
  public void check(Optional<Path> out) {
    if (isAsked() && out.isPresent()) {
      throw CommandException.wrongUse("--resume continues in the folder it names; omit --out");
    }
    folder = folder.map(LastRun::followed);
  }

  /** How the run was completed, if this job would add nothing to it but a model that is missing. */
  public Optional<Outcome.Completed> completed(Job job) throws IOException {
    Optional<Outcome.Completed> completed = folder.flatMap(run -> SavedRun.completed(run, job));
    return completed.isPresent() || folder.isEmpty()
        ? completed
        : LastModel.write(folder.get(), job);
  }

  /** The message for a run that is complete. */
  public String nothingLeft(Outcome.Completed completed, Job job) throws IOException {
    boolean isByRounds = !completed.message().endsWith(")");
    StopConditions begun = SavedRun.job(folder.orElseThrow()).stop();
    boolean isOther = !begun.upTo(job.stop().rounds(), job.stop().epochs()).equals(job.stop());
    return "nothing is left to train in %s: %s; %s%s to train further"
        .formatted(
            folder.get(),
            completed.message(),
            isOther ? "other stop conditions have no effect on a complete run; " : "",
            isByRounds
                ? "use --rounds N or --epochs N"
                : "change that stop condition (as in --set stop.patience=null)");
  }

  /** Checks that the run was trained on rows with these columns so far. */
  public void check(Columns columns) {
    if (!isAsked()) {
      return;
    }
    Columns before = columnsOfRun(folder.get());
    Optional<String> difference =
        before.areNothing() ? Optional.empty() : before.difference(columns);
    if (difference.isPresent()) {
      throw CommandException.failed(
          "the rows differ from those %s was started with: %s; give it the same files"
              .formatted(folder.get(), difference.get()));
    }
  }

  private static Columns columnsOfRun(Path run) {
    try {
      return JobFile.found(run.resolve(RunFiles.JOB)).columns();
    } catch (JobException e) {
      throw CommandException.failed(e.getMessage());
    }
  }

  /** Checks that this many shards can resume the run. */
  public void check(Job job, int shards) throws IOException {
    if (!isAsked()) {
      return;
    }
    if (job.mode() instanceof Mode.Async) {
      throw CommandException.failed(
          folder.orElseThrow()
              + " is a run in mode async, which keeps no checkpoints; start another one with --out");
    }
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
  }

  /** The run's job; a file that is given must hold the same one. */
  public Job job(JobOptions options, Optional<Path> file) throws IOException {
    if (folder.isEmpty()) {
      return options.readJob(file);
    }
    Job begun = SavedRun.job(folder.get());
    Job job =
        file.isPresent()
            ? options.readJob(file)
            : SavedRun.job(folder.get(), options.overrides().toArray(String[]::new));
    Optional<String> change = JobChange.reason(begun, job);
    if (change.isPresent()) {
      throw CommandException.wrongUse(folder.get() + ": " + change.get());
    }
    return job;
  }
}
