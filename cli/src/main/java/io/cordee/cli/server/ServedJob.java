package io.cordee.cli.server;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.commandline.Listening;
import io.cordee.cli.file.FreshFolder;
import io.cordee.cli.file.TrainingNote;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.ResumeOption;
import io.cordee.cli.option.ServerOptions;
import io.cordee.common.job.Job;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Observation;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.RunFolder;
import io.cordee.server.serving.LeadServing;
import io.cordee.server.serving.Serving;
import io.cordee.server.training.Outcome;
import io.cordee.worker.data.RowCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * A job that is served by this process, as its only server or shard 0 of several.
 *
 * @param listening called with the port once workers can connect
 */
record ServedJob(
    Job job, ServerOptions options, Place place, Serving serving, IntConsumer listening) {

  /** Returns the exit code of the command that was given. */
  int train(CordeeCommand command) throws IOException, InterruptedException {
    int shards = place.shard().count();
    ResumeOption resume = options.resume();
    try {
      LeadRole.check(job, shards, place.workers());
    } catch (IllegalArgumentException e) {
      throw CommandException.failed(e.getMessage());
    }
    resume.check(job, shards);
    if (!resume.isAsked()) {
      // A folder is not begun for a server that cannot listen.
      Listening.requireFree(place.address());
    }
    FreshFolder fresh = FreshFolder.of(options.folder(), job.name());
    Optional<TrainingNote> note = Optional.empty();
    if (isForOthers()) {
      note =
          Optional.of(
              new TrainingNote(
                  job, fresh.path(), again(command, fresh.path()), false, RowCache.NONE));
    } else {
      fresh.keepLog(); // the parent process logs there, too
    }
    WorkerCount headcount = new WorkerCount();
    return new ShownRun(
            place.name(),
            job,
            shards,
            options.starter().found(),
            resume.isAsked(),
            options.display(),
            options.doors(place.gate().access()))
        .train(fresh, note, () -> headcount.team(place.workers(), shards), headcount, this::serve);
  }

  /** What makes the run again: resuming it does not, but the job in its folder does. */
  private List<String> again(CordeeCommand command, Path folder) {
    if (!options.resume().isAsked()) {
      return command.givenWithout(Set.of("--out"));
    }
    List<String> again =
        new ArrayList<>(command.givenWithout(Set.of("--resume", "--job", "--set", "--out")));
    again.addAll(List.of("--job", folder.resolve(RunFiles.JOB).toString()));
    return again;
  }

  private Outcome serve(RunFolder folder, Observation observation, Listeners listeners)
      throws IOException, InterruptedException {
    int awaited = Math.max(place.workers(), job.team().minWorkers());
    observation.gathers(new Figures.Gathering(awaited, Optional.empty()));
    serving.listenAt(
        Listening.at(place.address()),
        port -> {
          if (isForOthers()) {
            String command = place.join().apply(place.address().withPort(port));
            observation.gathers(new Figures.Gathering(awaited, Optional.of(command)));
          }
          listening.accept(port);
        });
    return lead()
        .run(folder, options.resume().isAsked(), serving, observation.traffic(), listeners);
  }

  private LeadServing lead() {
    return new LeadServing(
        job,
        place.shard().count(),
        place.workers(),
        options.linger(),
        place.patience(),
        place.gate());
  }

  /** Leaves a complete run as it is; workers and shards that come back are told so. */
  int leave(Outcome.Completed completed) throws IOException, InterruptedException {
    Logging.warningsOnly();
    options.display().print(options.resume().nothingLeft(completed, job));
    if (isForOthers()) {
      TrainingNote.complete(options.folder().orElseThrow(), false, RowCache.NONE);
    }
    if (place.shard().leads()) {
      serving.listenAt(Listening.at(place.address()), port -> {});
      lead().runCompleted(completed, serving);
    }
    return ExitCode.of(completed);
  }

  /** Whether workers come from elsewhere, not from the process that has started this one. */
  private boolean isForOthers() {
    return options.starter().isAlone();
  }
}
