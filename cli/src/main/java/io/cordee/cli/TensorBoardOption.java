package io.cordee.cli;

import io.cordee.cli.tensorboard.EventLog;
import io.cordee.common.job.Job;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where TensorBoard finds a run. */
final class TensorBoardOption {

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description =
          "Write loss, accuracies and speed, round by round, into DIR/<name of the run folder> for"
              + " tensorboard --logdir DIR.")
  private Optional<Path> folder = Optional.empty();

  boolean isAsked() {
    return folder.isPresent();
  }

  /** The events of a run, if they are asked for; not begun. */
  Optional<EventLog> events(Path runFolder, Job job) {
    Path name = runFolder.toAbsolutePath().normalize().getFileName();
    return folder.map(
        all -> new EventLog(name == null ? all : all.resolve(name), job, Clock.systemUTC()));
  }

  /** The same option for another process. */
  List<String> arguments() {
    return folder.map(all -> List.of("--tensorboard", all.toString())).orElse(List.of());
  }
}
