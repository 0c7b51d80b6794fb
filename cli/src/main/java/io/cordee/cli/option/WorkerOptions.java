package io.cordee.cli.option;

import static org.slf4j.event.Level.INFO;
import static org.slf4j.event.Level.WARN;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.process.JavaProcess;
import io.cordee.worker.Resources;
import io.cordee.worker.Worker;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Introduction;
import io.cordee.worker.link.RetryingConnector;
import io.cordee.worker.process.FunctionProcesses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

public final class WorkerOptions {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerOptions.class);

  @Option(
      names = "--data",
      defaultValue = "${env:CORDEE_DATA}",
      paramLabel = "DIR",
      description =
          "A folder with the job's files; nothing outside it is read (default: ./data). May be repeated. Or CORDEE_DATA, a single one.")
  private List<Path> data = List.of();

  @Mixin private CacheOption cache;

  @Mixin private ThreadsOption threads;

  @Mixin private FunctionOption function;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "The worker's name on the server (default: its host and the lowest number that is free there; of a peer, peer and its number).")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description =
          "How long to retry connecting, at first and whenever the connection is lost (default: ${DEFAULT-VALUE}). A peer waits as long for peer 0, and peer 0 for peers that it has lost.")
  private int wait;

  /** Checks them before anything is begun. */
  public void check() {
    if (wait < 1) {
      throw CommandException.wrongUse("--wait must be at least 1; found " + wait);
    }
    for (Path folder : data) {
      if (!Files.isDirectory(folder)) {
        throw CommandException.wrongUse("--data " + folder + ": no such folder");
      }
    }
  }

  public Optional<String> name() {
    return name;
  }

  /** Prepares children that compute gradients, if a command is given; the caller closes them. */
  public Optional<FunctionProcesses> processes() {
    return function.processes();
  }

  /** How long others are waited for. */
  public Duration patience() {
    return Duration.ofSeconds(wait);
  }

  /**
   * @param dial makes one attempt at a connection
   * @param patience how long to try for each connection
   * @param usual its name if none is given; the server chooses if there is none either
   * @param isServerOurs whether the server was started together with the worker
   * @param processes children that compute gradients
   */
  public Worker worker(
      Connector.Dial dial,
      Duration patience,
      Optional<String> usual,
      boolean isServerOurs,
      Optional<FunctionProcesses> processes) {
    return new Worker(
        new RetryingConnector(dial, patience),
        hello(usual),
        Resources.of(folders(), cache(), processes),
        isServerOurs,
        round -> {});
  }

  private Introduction hello(Optional<String> usual) {
    int count = threads.count(1);
    return name.or(() -> usual)
        .map(chosen -> new Introduction(chosen, count))
        .orElseGet(() -> Introduction.from(JavaProcess.host("worker"), count));
  }

  private List<Path> folders() {
    return data.isEmpty() ? List.of(DataFolder.DEFAULT_ROOT) : data;
  }

  private RowCache cache() {
    return cache
        .cache(line -> LOG.atLevel(line.startsWith("warning: ") ? WARN : INFO).log(line))
        .forOwnRows();
  }
}
