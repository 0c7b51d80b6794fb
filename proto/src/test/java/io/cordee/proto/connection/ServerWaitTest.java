package io.cordee.proto.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.proto.security.Access;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real sockets, and time that passes in pauses only. */
@Timeout(60)
class ServerWaitTest {

  private final List<Runnable> atTheEnd = new ArrayList<>();
  private final AtomicInteger said = new AtomicInteger();

  /** Pauses take no time, but what they are asked for has passed afterwards. */
  private static final class Skipping implements Pauses {
    final List<Duration> pauses = new ArrayList<>();
    private Duration now = Duration.ZERO;
    private int startAfter = Integer.MAX_VALUE;
    private Runnable start;

    void after(int count, Runnable action) {
      startAfter = count;
      start = action;
    }

    @Override
    public long nanoTime() {
      return now.toNanos();
    }

    @Override
    public void pause(Duration length) {
      pauses.add(length);
      now = now.plus(length);
      if (pauses.size() == startAfter) {
        start.run();
      }
    }
  }

  @AfterEach
  void end() {
    atTheEnd.forEach(Runnable::run);
  }

  @Test
  void connectsWhenThereIsAServerAtLastAndSaysOnceThatItWaits() throws Exception {
    int port = freePort();
    Skipping time = new Skipping();
    time.after(4, () -> startServer(port));
    waitFor("127.0.0.1", port, time).await(Duration.ofSeconds(600), said::incrementAndGet);
    assertEquals(1, said.get());
    assertTrue(time.pauses.size() >= 4, time.pauses::toString);
  }

  @Test
  void triesUntilItsPatienceIsOverAndNotLonger() throws Exception {
    int port = freePort();
    Skipping time = new Skipping();
    ServerWait wait = waitFor("127.0.0.1", port, time);
    TimeoutException end =
        assertThrows(
            TimeoutException.class,
            () -> wait.await(Duration.ofSeconds(20), said::incrementAndGet));
    assertEquals(
        "no server answers at 127.0.0.1:"
            + port
            + " after 20 s; start one there, or give another address",
        end.getMessage());
    assertEquals(Duration.ofSeconds(20), Duration.ofNanos(time.nanoTime()));
    assertEquals(Duration.ofSeconds(2), time.pauses.get(time.pauses.size() - 1), "what was left");
    assertEquals(7, time.pauses.size());
    assertEquals(1, said.get());
  }

  @Test
  void saysThatAHostIsNotKnown() {
    ServerWait wait = waitFor("no-such-host.invalid", 7311, new Skipping());
    TimeoutException end =
        assertThrows(
            TimeoutException.class, () -> wait.await(Duration.ofSeconds(3), said::incrementAndGet));
    assertEquals(
        "no server answers at no-such-host.invalid:7311 after 3 s, as the host "
            + "no-such-host.invalid is not known here; give another address",
        end.getMessage());
  }

  @Test
  void aServerThatIsThereIsNotWaitedFor() throws Exception {
    int port = freePort();
    startServer(port);
    Skipping time = new Skipping();
    waitFor("127.0.0.1", port, time).await(Duration.ofSeconds(600), said::incrementAndGet);
    assertEquals(0, said.get());
    assertEquals(List.of(), time.pauses);
  }

  private ServerWait waitFor(String host, int port, Pauses time) {
    ManagedChannel channel = Connections.client(host, port).build();
    atTheEnd.add(channel::shutdownNow);
    return new ServerWait(
        channel, new Diagnosis(host, port, Access.OPEN), () -> Duration.ofSeconds(3), time);
  }

  private void startServer(int port) {
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      Server server = Connections.server(address).build().start();
      atTheEnd.add(server::shutdownNow);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
