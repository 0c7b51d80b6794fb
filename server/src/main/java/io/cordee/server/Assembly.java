package io.cordee.server;

import io.cordee.server.grpc.GrpcTeam;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.util.concurrent.ScheduledExecutorService;

/** Puts together what a server is made of. */
@FunctionalInterface
interface Assembly {

  /**
   * What a server is put together from.
   *
   * @param onStart run when it listens
   * @param onClose run when it does no more
   */
  record Parts(
      GrpcTeam team, ServerServiceDefinition service, Runnable onStart, Runnable onClose) {}

  /**
   * @param later runs one thing at a time
   * @param afterEach to be run after each message
   */
  Parts make(ScheduledExecutorService later, Runnable afterEach)
      throws IOException, InterruptedException;
}
