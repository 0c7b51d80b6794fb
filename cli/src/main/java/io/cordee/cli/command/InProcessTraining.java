package io.cordee.cli.command;

import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.file.FreshFolder;
import io.cordee.cli.option.DisplayOptions;
import io.cordee.cli.option.ViewOptions;
import io.cordee.cli.server.LiveView;
import io.cordee.cli.team.InProcessTeam;
import io.cordee.common.job.Job;
import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Observation;
import io.cordee.server.run.RunFolder;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/** {@code cordee train --in-process}: prints, logs and keeps what a team of processes does. */
final class InProcessTraining {

  /** How long the weights may take to be kept after Ctrl-C. */
  private static final Duration KEEPING = Duration.ofSeconds(5);

  /** How long a terminal may take then to show how the job ended. */
  private static final Duration SHOWING = Duration.ofSeconds(1);

  private final Job job;
  private final InProcessTeam team;
  private final DisplayOptions display;
  private final CountDownLatch kept = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);

  InProcessTraining(Job job, InProcessTeam team, DisplayOptions display) {
    this.job = job;
    this.team = team;
    this.display = display;
  }

  /**
   * @param fresh the run folder; closed here
   * @param isResumed whether it holds the beginning of the job
   * @param note called with the exit code once the run has its files, before displays are closed
   * @return the exit code of the command
   */
  int run(FreshFolder fresh, boolean isResumed, IntUnaryOperator note) throws IOException {
    try (Listeners shown = new Listeners()) {
      return note.applyAsInt(ExitCode.of(train(fresh, isResumed, shown)));
    } finally {
      end.countDown();
    }
  }

  private Outcome train(FreshFolder fresh, boolean isResumed, Listeners shown) throws IOException {
    // Before a folder is begun, so that Ctrl-C leaves none.
    AtExit.run(this::interrupt);
    Observation observation = new Observation(job, 1);
    observation.gathers(new Figures.Gathering(team.workers(), Optional.empty()));
    Path path = fresh.path();
    try (fresh;
        LiveView view = display.view().open(observation, ViewOptions.Doors.OPEN);
        RunFolder folder =
            isResumed
                ? RunFolder.resume(path, job, team.found())
                : RunFolder.create(path, job, team.found())) {
      OptionalInt version = isResumed ? OptionalInt.of(folder.latestResume()) : OptionalInt.empty();
      display.begin("train", job, folder, isResumed, observation, view, shown);
      return team.run(folder, version, shown, observation.traffic());
    } catch (IllegalArgumentException e) {
      throw CommandException.failed(e.getMessage());
    } finally {
      kept.countDown();
    }
  }

  /** On Ctrl-C: keeps the weights, and lets the process end. */
  private void interrupt() {
    team.interrupt();
    try {
      if (kept.await(KEEPING.toMillis(), TimeUnit.MILLISECONDS)) {
        end.await(SHOWING.toMillis(), TimeUnit.MILLISECONDS);
      } else {
        System.err.println("the weights were not saved in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
