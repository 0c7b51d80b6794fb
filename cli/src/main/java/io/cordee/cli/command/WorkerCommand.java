package io.cordee.cli.command;

import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.log.JsonLines;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.AccessOptions;
import io.cordee.cli.option.LeashOption;
import io.cordee.cli.option.LogFormatOption;
import io.cordee.cli.option.WorkerOptions;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.message.JobEnd;
import io.cordee.worker.Worker;
import io.cordee.worker.grpc.ServerDial;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.RefusedException;
import io.cordee.worker.process.FunctionProcesses;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
          "Where the server listens; of several shards, number 0, or all of them in order, separated by commas. Or CORDEE_SERVER.")
  private List<HostAndPort> servers;

  @Mixin private WorkerOptions worker;

  @Mixin private AccessOptions access;

  @Mixin private LogFormatOption logs;

  @Mixin private LeashOption leash;

  @Override
  public Integer call() {
    leash.hold();
    JsonLines.about(JsonLines.WORKER, worker.name().orElse(""));
    Logging.toStandardError(worker.name().orElse("worker"), logs.format());
    worker.check();
    ServerDial dial = new ServerDial(servers, access.toServers(servers));
    Optional<FunctionProcesses> processes = worker.processes();
    try {
      return work(
          worker.worker(dial, worker.patience(), Optional.empty(), leash.isGiven(), processes));
    } finally {
      processes.ifPresent(FunctionProcesses::close);
    }
  }

  private int work(Worker own) {
    if (!leash.isGiven()) {
      AtExit.run(() -> own.leave("it was interrupted or terminated"));
    }
    return switch (end(own).how()) {
      case COMPLETED -> ExitCode.DONE;
      case INTERRUPTED -> ExitCode.INTERRUPTED;
      case FAILED -> ExitCode.FAILED;
    };
  }

  private Worker.End end(Worker own) {
    try {
      return own.run();
    } catch (LinkException e) {
      if (leash.isGiven() && e instanceof RefusedException) {
        throw CommandException.sentAway(e.getMessage());
      }
      if (own.hasToldWhy()) {
        return new Worker.End(JobEnd.FAILED, e.getMessage());
      }
      throw e;
    }
  }
}
