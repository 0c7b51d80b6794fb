package io.cordee.worker;

import io.cordee.proto.v1.Heartbeat;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.worker.link.ServerLink;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sends heartbeats on a thread that does nothing else. */
final class Pulse implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread created = new Thread(task, "pulse");
            created.setDaemon(true);
            return created;
          });

  private static final WorkerMessage HEARTBEAT =
      WorkerMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build();

  private final ServerLink server;

  Pulse(ServerLink server) {
    this.server = server;
  }

  void start() {
    // Not at a fixed rate: a process that was stopped has nothing to catch up on.
    thread.scheduleWithFixedDelay(
        () -> server.send(HEARTBEAT), INTERVAL.toNanos(), INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
