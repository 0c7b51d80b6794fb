package io.cordee.cli;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Asks a server whether it serves. */
@Command(
    name = "health",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Asks a server's gRPC health service: exit code 0 if it serves, 1 if not.",
    footer = {"", "Example:", "  cordee health 127.0.0.1:7311"})
final class HealthCommand implements Callable<Integer> {

  private static final int DEADLINE_SECONDS = 3;

  @Parameters(
      paramLabel = "HOST:PORT",
      converter = HostAndPort.Converter.class,
      description = "Where the server listens.")
  private HostAndPort server;

  @Override
  public Integer call() {
    Logging.warningsOnly();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(server.host(), server.port()).usePlaintext().build();
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
          "no server answers at " + server + ": " + e.getStatus().getCode());
    } finally {
      channel.shutdownNow();
    }
  }
}
