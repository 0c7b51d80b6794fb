package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.TlsOptions;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.AccessException;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "health",
    description = "Asks a server's gRPC health service: exit code 0 if it serves, 1 if not.",
    footer = {
      "",
      "Examples:",
      "  cordee health 127.0.0.1:7311",
      "  cordee health 10.0.0.1:7311 --tls-ca ca.pem",
      "No token is needed. A server that requires client certificates requires one here too."
    })
public final class HealthCommand extends CordeeCommand {

  @Parameters(paramLabel = "HOST:PORT", description = "Where the server listens.")
  private HostAndPort server;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long to wait for the answer (default: ${DEFAULT-VALUE}).")
  private int timeout;

  @Mixin private TlsOptions tls;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (timeout < 1) {
      throw CommandException.wrongUse("--timeout must be at least 1; found " + timeout);
    }
    Logging.warningsOnly();
    // Nothing secret is said: no token is shown, and plain text does no harm.
    Access access = new Access(tls.files().client(), Optional.empty());
    Deadline deadline = Deadline.after(timeout, TimeUnit.SECONDS);
    try {
      ManagedChannel channel =
          new Dial(server.host(), server.port(), access).open(Duration.ofSeconds(timeout));
      try {
        ServingStatus status =
            HealthGrpc.newBlockingStub(channel)
                .withDeadline(deadline)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
        printer().println(status);
        return status == ServingStatus.SERVING ? 0 : 1;
      } finally {
        channel.shutdownNow();
      }
    } catch (AccessException e) {
      throw CommandException.failed(e.getMessage());
    } catch (StatusRuntimeException e) {
      throw CommandException.failed(
          server + " does not tell its health: " + e.getStatus().getCode());
    }
  }
}
