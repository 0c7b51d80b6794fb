package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.commandline.HostAndPort;
import io.cordee.cli.log.JsonLines;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.AccessOptions;
import io.cordee.cli.option.LeashOption;
import io.cordee.cli.option.LogFormatOption;
import io.cordee.cli.option.ThreadsOption;
import io.cordee.cli.server.ServerDial;
import io.cordee.cli.team.JavaProcess;
import io.cordee.worker.Worker;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.RetryingConnector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Computes for a server until its job is over. */
@Command(
    name = "worker",
    description = "Computes for a server until its job is over. The job comes from the server.",
    footer = {
      "",
      "Example:",
      "  cordee worker --server 10.0.0.1:7311 --tls-ca ca.pem --data /srv/data --threads 8",
      "A worker may start before its server and join at any time. When it loses the connection, it",
      "reconnects and continues. A server exits when its job is over: a worker that is started",
      "later finds none, retries for --wait seconds and fails. --linger keeps the server up."
    })
public final class WorkerCommand extends CordeeCommand {

  @Option(
      names = "--server",
      required = true,
      defaultValue = "${env:CORDEE_SERVER}",
      paramLabel = "HOST:PORT[,HOST:PORT]",
      hideParamSyntax = true,
      split = ",",
      description =
          "Where the server listens; for a sharded server, the addresses of all shards in order, separated by commas. Or CORDEE_SERVER.")
  private List<HostAndPort> servers;

  @Option(
      names = "--data",
      defaultValue = "${env:CORDEE_DATA}",
      paramLabel = "DIR",
      description =
          "A folder with the job's files; nothing outside it is read (default: ./data). May be repeated. Or CORDEE_DATA, a single one.")
  private List<Path> data = List.of();

  @Mixin private ThreadsOption threads;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The worker's name on the server (default: host and process).")
  private String name = JavaProcess.here("worker");

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description =
          "How long to retry connecting, at first and whenever the connection is lost (default: ${DEFAULT-VALUE}).")
  private int wait;

  @Mixin private AccessOptions access;

  @Mixin private LogFormatOption logs;

  @Mixin private LeashOption leash;

  @Override
  public Integer call() {
    leash.hold();
    JsonLines.about(JsonLines.WORKER, name);
    Logging.toStandardError(name, logs.format());
    if (wait < 1) {
      throw CommandException.wrongUse("--wait must be at least 1; found " + wait);
    }
    ServerDial dial = new ServerDial(servers, access.toServers(servers));
    Connector connector = new RetryingConnector(dial, Duration.ofSeconds(wait));
    Worker.End end =
        new Worker(connector, name, threads.count(1), folders(), leash.isGiven()).run();
    return switch (end.how()) {
      case COMPLETED -> ExitCode.DONE;
      case INTERRUPTED -> ExitCode.INTERRUPTED;
      case FAILED -> ExitCode.FAILED;
    };
  }

  private List<Path> folders() {
    for (Path folder : data) {
      if (!Files.isDirectory(folder)) {
        throw CommandException.wrongUse("--data " + folder + ": no such folder");
      }
    }
    return data.isEmpty() ? List.of(DataFolder.DEFAULT_ROOT) : data;
  }
}
