package io.cordee.proto.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.proto.security.Access;
import io.cordee.proto.security.AccessException;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DialTest {

  @Test
  void aServerIsConnectedToWhateverItServes() throws Exception {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Server server = Connections.server(anyPort).build().start();
    try {
      ManagedChannel channel = dial("127.0.0.1", server.getPort()).open(Dial.LIMIT);
      assertEquals(ConnectivityState.READY, channel.getState(false));
      channel.shutdownNow();
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void whereNobodyListensTheConnectionIsRefused() throws Exception {
    int port = freePort();
    String failure = failure("127.0.0.1", port, Dial.LIMIT);
    assertTrue(failure.startsWith("could not reach the server at 127.0.0.1:" + port), failure);
    assertTrue(failure.endsWith(": Connection refused"), failure);
  }

  @Test
  void whyAConnectionHasEndedIsSaidWithoutTheLibrarysOwnWords() {
    Status reset =
        Status.UNAVAILABLE.withCause(
            new IOException("recvAddress(..) failed: Connection reset by peer"));
    assertEquals("Connection reset by peer", Dial.reason(reset));
    Status closed = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");
    assertEquals("the other side closed it", Dial.reason(closed));
    assertEquals("UNAVAILABLE", Dial.reason(Status.UNAVAILABLE));
  }

  @Test
  void aChannelThatClosesWhileACallBeginsIsALostConnectionNotARefusal() {
    Status closed =
        Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());
    assertTrue(Dial.isLost(closed));
    assertEquals("the other side closed it", Dial.reason(closed));
    assertFalse(Dial.isLost(Status.UNKNOWN.withDescription("too few rows")));
    assertFalse(Dial.isLost(Status.UNKNOWN.withCause(new IllegalStateException())));
  }

  @Test
  void aServerOfAnotherProtocolIsNotDialledAgain() throws Exception {
    try (ServerSocket other = listening()) {
      int port = other.getLocalPort();
      Thread greeter =
          new Thread(
              () -> {
                try (Socket caller = other.accept()) {
                  caller.getOutputStream().write("220 mail.example\r\n".getBytes(US_ASCII));
                  caller.getInputStream().readAllBytes();
                } catch (IOException e) {
                  // The dialler has gone.
                }
              });
      greeter.start();
      AccessException refused =
          assertThrows(AccessException.class, () -> dial("127.0.0.1", port).open(Dial.LIMIT));
      assertEquals(
          "the server at 127.0.0.1:%d speaks another protocol; give the host and port of a Cordee server"
              .formatted(port),
          refused.getMessage());
      greeter.join();
    }
  }

  @Test
  void anUnknownHostIsNamed() {
    assertEquals(
        "could not reach the server at no-such-host.invalid:7311: unknown host",
        failure("no-such-host.invalid", 7311, Dial.LIMIT));
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUp() throws Exception {
    try (ServerSocket silent = listening()) {
      int port = silent.getLocalPort();
      assertEquals(
          "could not reach the server at 127.0.0.1:" + port + ": no answer within 1 s",
          failure("127.0.0.1", port, Duration.ofSeconds(1)));
    }
  }

  @Test
  void anAttemptCanBeInterrupted() throws Exception {
    try (ServerSocket silent = listening()) {
      Thread.currentThread().interrupt();
      assertThrows(
          InterruptedException.class,
          () -> dial("127.0.0.1", silent.getLocalPort()).open(Dial.LIMIT));
      assertTrue(!Thread.currentThread().isInterrupted(), "the exception says it");
    }
  }

  private static Dial dial(String host, int port) {
    return new Dial(host, port, Access.OPEN);
  }

  private static String failure(String host, int port, Duration limit) {
    return assertThrows(ConnectException.class, () -> dial(host, port).open(limit)).getMessage();
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = listening()) {
      return socket.getLocalPort();
    }
  }
}
