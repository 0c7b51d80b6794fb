package io.cordee.cli.option;

import io.cordee.cli.console.Console;
import io.cordee.cli.console.ProgressLine;
import io.cordee.cli.log.EventLines;
import io.cordee.cli.log.JsonLines;
import io.cordee.cli.log.Logging;
import io.cordee.cli.log.LoggingListener;
import io.cordee.cli.tensorboard.EventLog;
import io.cordee.common.job.Job;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Observation;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.RunFolder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a training is shown: on the terminal, in the log, on the live page and to TensorBoard. */
public final class DisplayOptions {

  private static final Duration PRINTING = Duration.ofSeconds(5);

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description =
          "Write loss, accuracies and speed, round by round, into DIR/<name of the run folder> for"
              + " tensorboard --logdir DIR.")
  private Optional<Path> tensorBoard = Optional.empty();

  @Mixin private LogFormatOption logs;

  @Mixin private ViewOptions view;

  @Option(names = "--quiet", description = "Print nothing but errors and refused connections.")
  private boolean isQuiet;

  /** One for all that is printed, so that a line that changes in place is known to each. */
  private final Console console = Console.standard();

  public boolean isQuiet() {
    return isQuiet;
  }

  public boolean isForTensorBoard() {
    return tensorBoard.isPresent();
  }

  public LogFormatOption logs() {
    return logs;
  }

  public ViewOptions view() {
    return view;
  }

  /** Options for the server, as {@code cordee train} passes them on. */
  public List<String> forLead() {
    List<String> options = new ArrayList<>();
    tensorBoard.ifPresent(all -> options.addAll(List.of("--tensorboard", all.toString())));
    if (view.isAsked()) {
      options.addAll(view.arguments());
      // The token is the team's: nobody knows it who could type it in.
      options.add("--ui-open");
    }
    return options;
  }

  /** Prints a line, unless asked to be quiet. */
  public void print(String line) {
    if (!isQuiet) {
      console.print(line);
    }
  }

  /**
   * Prints lines, and returns once they are printed or after a few seconds: a terminal may be
   * paused.
   */
  public void printOrGiveUp(List<String> lines) throws InterruptedException {
    Thread printing = new Thread(() -> lines.forEach(this::print), "last lines");
    printing.setDaemon(true);
    printing.start();
    printing.join(PRINTING.toMillis());
  }

  /**
   * Begins to show a training that is about to start.
   *
   * @param role of this process, in its log lines
   * @param to gets a listener for each display; outlives the folder
   */
  public void begin(
      String role,
      Job job,
      RunFolder folder,
      boolean isResumed,
      Observation observation,
      LiveView page,
      Listeners to) {
    JsonLines.about(JsonLines.JOB, job.name());
    boolean isJson = logs.format() == Logging.Format.JSON;
    Logging.toFileAndConsole(
        folder.path().resolve(RunFiles.LOG), role, logs.format(), isQuiet, console::printError);
    page.say(this::print);
    if (isResumed) {
      observation.recall(folder.metrics());
    }
    to.addTelling(
        "log", isJson ? new EventLines(job, folder.path(), folder::isKept) : new LoggingListener());
    if (view.isAsked()) {
      to.add(observation);
    }
    Path name = folder.path().toAbsolutePath().normalize().getFileName();
    Optional<EventLog> events =
        tensorBoard
            .map(all -> name == null ? all : all.resolve(name))
            .map(own -> new EventLog(own, Clock.systemUTC()));
    events.ifPresent(log -> to.addTelling("tensorboard", log));
    if (!isQuiet && !isJson) {
      to.addTelling("terminal", new ProgressLine(console, job, folder.path(), folder::isKept));
    }
    events.ifPresent(log -> log.begin(to::warned));
  }
}
