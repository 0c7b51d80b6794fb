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
  void aServerOfAnotherProtocolIsNamed() throws Exception {
    assertEquals(
        " speaks another protocol; give the host and port of a Cordee server",
        refusal("220 mail.example\r\n".getBytes(US_ASCII)));
  }

  @Test
  void aTlsServerThatAnswersPlainTextIsNamed() throws Exception {
    byte[] alert = {0x15, 3, 3, 0, 2, 2, 0x46};
    assertEquals(
        " speaks TLS, this side plain text; give --tls-ca with the authority of its certificate",
        refusal(alert));
  }

  /**
   * The refusal by a server that sends a greeting to every caller; the server's name is cut off.
   */
  private static String refusal(byte[] greeting) throws Exception {
    try (ServerSocket server = listening()) {
      Thread greeter = new Thread(() -> greet(server, greeting));
      greeter.start();
      Dial dial = dial("127.0.0.1", server.getLocalPort());
      String refusal =
          assertThrows(AccessException.class, () -> dial.open(Dial.LIMIT)).getMessage();
      server.close();
      greeter.join();
      String name = "the server at 127.0.0.1:" + server.getLocalPort();
      assertTrue(refusal.startsWith(name), refusal);
      return refusal.substring(name.length());
    }
  }

  private static void greet(ServerSocket server, byte[] greeting) {
    while (!server.isClosed()) {
      try (Socket caller = server.accept()) {
        caller.getOutputStream().write(greeting);
        caller.getInputStream().readAllBytes();
      } catch (IOException e) {
        // The caller has gone, or the test is over.
      }
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
