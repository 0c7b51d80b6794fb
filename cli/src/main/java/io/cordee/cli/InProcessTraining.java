package io.cordee.cli;

import io.cordee.cli.console.Console;
import io.cordee.cli.console.Progress;
import io.cordee.cli.team.InProcessTeam;
import io.cordee.cli.tensorboard.EventLog;
import io.cordee.common.job.Job;
import io.cordee.server.observe.Gathering;
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

/**
 * {@code cordee train --in-process}: what the team of processes prints, logs and keeps, by threads
 * of this one.
 */
final class InProcessTraining {

  /** How long the weights may take to be kept after Ctrl-C. */
  private static final Duration KEEPING = Duration.ofSeconds(5);

  /** How long a terminal may take then to show how the job ended. */
  private static final Duration SHOWING = Duration.ofSeconds(1);

  private final Job job;
  private final InProcessTeam team;
  private final boolean isQuiet;
  private final TensorBoardOption tensorBoard;
  private final ViewOptions viewOptions;
  private final Logging.Format logFormat;
  private final CountDownLatch kept = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);

  InProcessTraining(
      Job job,
      InProcessTeam team,
      boolean isQuiet,
      TensorBoardOption tensorBoard,
      ViewOptions viewOptions,
      Logging.Format logFormat) {
    this.job = job;
    this.team = team;
    this.isQuiet = isQuiet;
    this.tensorBoard = tensorBoard;
    this.viewOptions = viewOptions;
    this.logFormat = logFormat;
  }

  /**
   * Trains.
   *
   * @param fresh the run folder; closed here
   * @param isResumed whether it holds the beginning of the job
   * @return the exit code of the command
   */
  int run(FreshFolder fresh, boolean isResumed) throws IOException {
    Console console = Console.standard();
    Outcome outcome;
    try (Listeners listeners = new Listeners()) {
      outcome = train(fresh, isResumed, console, listeners);
    } finally {
      end.countDown();
    }
    return ExitCode.of(outcome);
  }

  private Outcome train(FreshFolder fresh, boolean isResumed, Console console, Listeners listeners)
      throws IOException {
    Observation observation = new Observation(job, 1);
    observation.gathers(new Gathering(team.workers(), Optional.empty()));
    Path path = fresh.path();
    try (fresh;
        View view = View.open(viewOptions.of(observation, ViewOptions.Doors.OPEN));
        RunFolder folder =
            isResumed
                ? RunFolder.resume(path, job, team.found())
                : RunFolder.create(path, job, team.found())) {
      LogSubject.job(job.name());
      Logging.toFile(path.resolve("run.log"), "train", logFormat);
      OptionalInt version = isResumed ? OptionalInt.of(folder.latestResume()) : OptionalInt.empty();
      Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "interrupt"));
      view.say(line -> say(console, line));
      if (isResumed) {
        observation.recall(folder.metrics());
      }
      listen(listeners, folder, console, observation);
      return team.run(folder, version, listeners, observation.traffic());
    } catch (IllegalArgumentException e) {
      throw CommandException.failed(e.getMessage());
    } finally {
      kept.countDown();
    }
  }

  private void say(Console console, String line) {
    if (!isQuiet) {
      console.print(line);
    }
  }

  private void listen(Listeners all, RunFolder folder, Console console, Observation observation) {
    all.addTelling("log", new LoggingListener());
    if (viewOptions.isAsked()) {
      all.add(observation);
    }
    Optional<EventLog> events = tensorBoard.events(folder.path(), job);
    events.ifPresent(log -> all.addTelling("tensorboard", log));
    if (!isQuiet) {
      all.addTelling("terminal", new Progress(console, job, folder.path(), folder::isKept));
    }
    events.ifPresent(log -> log.begin(all::warned));
  }

  /** On Ctrl-C: keeps the weights, and lets the process end. */
  private void interrupt() {
    team.interrupt();
    try {
      if (kept.await(KEEPING.toMillis(), TimeUnit.MILLISECONDS)) {
        end.await(SHOWING.toMillis(), TimeUnit.MILLISECONDS);
      } else {
        System.err.println("the weights were not kept in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
