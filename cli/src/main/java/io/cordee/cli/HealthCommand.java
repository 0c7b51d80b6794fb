package io.cordee.cli;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.connection.Diagnosis;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.AccessException;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Asks a server whether it serves. */
@Command(
    name = "health",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Asks a server's gRPC health service: exit code 0 if it serves, 1 if not.",
    footer = {
      "",
      "Examples:",
      "  cordee health 127.0.0.1:7311",
      "  cordee health 10.0.0.1:7311 --tls-ca ca.pem",
      "No token is needed for it. A server that wants certificates of its workers wants one here, too."
    })
final class HealthCommand implements Callable<Integer> {

  private static final int DEADLINE_SECONDS = 3;

  @Parameters(
      paramLabel = "HOST:PORT",
      converter = HostAndPort.Converter.class,
      description = "Where the server listens.")
  private HostAndPort server;

  @Mixin private TlsOptions tls;

  @Override
  public Integer call() {
    Logging.warningsOnly();
    // Nothing secret is said: no token is shown, and plain text does no harm.
    Access access = new Access(tls.client(), Optional.empty());
    ManagedChannel channel = Connections.client(server.host(), server.port(), access).build();
    try {
      ServingStatus status =
          HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus();
      System.out.println(status);
      return status == ServingStatus.SERVING ? 0 : 1;
    } catch (StatusRuntimeException e) {
      throw CommandException.failed(
          new Diagnosis(server.host(), server.port(), access)
              .of(e.getStatus())
              .map(AccessException::getMessage)
              .orElseGet(() -> "no server answers at " + server + ": " + e.getStatus().getCode()));
    } finally {
      channel.shutdownNow();
    }
  }
}
