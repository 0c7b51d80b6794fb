package io.cordee.cli.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Tls;
import io.cordee.proto.security.TlsFiles;
import io.cordee.server.TestAuthority;
import io.cordee.server.TestAuthority.Issued;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.LostLinkException;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS handshakes, and what both sides are told when they fail. */
class HandshakeTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private static Path folder;

  private static TestAuthority alps;
  private static TestAuthority andes;
  private static TlsFiles server;
  private static TlsFiles worker;
  private static Optional<Tls> briefServer;
  private static Optional<Tls> briefWorker;
  private static Instant expiry;

  private Optional<Server> running = Optional.empty();

  /** Why the server turned connections away. */
  private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();

  @BeforeAll
  static void issue() throws IOException {
    alps = TestAuthority.in(folder, "alps");
    andes = TestAuthority.in(folder, "andes");
    server = files(alps.issue("server", "127.0.0.1"));
    worker = files(alps.issue("worker"));
    // Long enough for keytool on a machine that is busy.
    expiry = Instant.now().plusSeconds(15);
    TlsFiles brief = files(alps.issue("brief", expiry, "127.0.0.1"));
    briefServer = brief.server();
    briefWorker = knowing(brief, alps).client();
  }

  @AfterEach
  void stop() {
    running.ifPresent(Server::shutdownNow);
  }

  private static TlsFiles files(Issued issued) {
    return TlsFiles.NONE.withIdentity(
        new NamedFile("--tls-cert", issued.certificate()),
        new NamedFile("--tls-key", issued.key()));
  }

  private static TlsFiles knowing(TlsFiles files, TestAuthority authority) {
    return files.withAuthority(Optional.of(new NamedFile("--tls-ca", authority.file())));
  }

  /** A worker that presents nothing. */
  private static Optional<Tls> nameless() {
    return knowing(TlsFiles.NONE, alps).client();
  }

  /** Waits for the brief certificate to expire. */
  private static Optional<Tls> expired(Optional<Tls> brief) throws InterruptedException {
    // Certificates count whole seconds.
    while (Instant.now().isBefore(expiry.plusSeconds(1))) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return brief;
  }

  private int serve(Optional<Tls> tls) throws IOException {
    Server started =
        Connections.server(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                tls,
                connection -> true,
                (peer, why) -> refused.add(why))
            .addService(new HealthStatusManager().getHealthService())
            .build()
            .start();
    running = Optional.of(started);
    return started.getPort();
  }

  private static ServingStatus health(int port, Optional<Tls> tls) {
    ManagedChannel channel =
        Connections.client("127.0.0.1", port, new Access(tls, Optional.empty())).build();
    try {
      return HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus();
    } finally {
      channel.shutdownNow();
    }
  }

  /** The message of a worker's first attempt. */
  private static String failure(int port, Optional<Tls> tls) {
    Access access = new Access(tls, Optional.empty());
    LinkException failure =
        assertThrows(LinkException.class, () -> GrpcServerLink.connect("127.0.0.1", port, access));
    assertFalse(failure instanceof LostLinkException, () -> "retried in vain: " + failure);
    String message = failure.getMessage();
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.startsWith("the server at 127.0.0.1:" + port + " "), message);
    return message;
  }

  private static void expect(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "no \"" + part + "\" in " + message);
    }
  }

  private String refusal() throws InterruptedException {
    String why = refused.poll(20, TimeUnit.SECONDS);
    assertTrue(why != null, "the server has said nothing");
    return why;
  }

  @Test
  void aServerIsKnownByItsAuthority() throws IOException {
    assertEquals(ServingStatus.SERVING, health(serve(server.server()), nameless()));
    assertNull(refused.poll());
  }

  @Test
  void bothSidesAreKnownByTheirAuthority() throws IOException {
    assertEquals(
        ServingStatus.SERVING,
        health(serve(knowing(server, alps).server()), knowing(worker, alps).client()));
    assertNull(refused.poll());
  }

  @Test
  void aServerOfAnotherAuthorityIsNotTrusted() throws Exception {
    int port = serve(files(andes.issue("server2", "127.0.0.1")).server());
    expect(
        failure(port, nameless()),
        "is not trusted: ",
        "unable to find valid certification path",
        "of the authority in --tls-ca " + alps.file() + " (\"CN=alps\")");
    expect(refusal(), "TLS handshake failed: ", "of the authority that the other trusts");
  }

  @Test
  void aServerOfAnotherNameIsNotTrusted() throws Exception {
    int port = serve(files(alps.issue("server2", "peak.example.org", "10.0.0.1")).server());
    expect(
        failure(port, nameless()),
        "is not trusted: No subject alternative names matching IP address 127.0.0.1 found",
        "of the authority in --tls-ca " + alps.file());
  }

  @Tag("slow")
  @Test
  void anExpiredServerIsNotTrusted() throws Exception {
    int port = serve(expired(briefServer));
    expect(
        failure(port, nameless()),
        "is not trusted: NotAfter: ",
        "of the authority in --tls-ca " + alps.file());
  }

  @Test
  void aWorkerWithoutACertificateIsToldToShowOne() throws Exception {
    int port = serve(knowing(server, alps).server());
    expect(
        failure(port, nameless()),
        "refused the TLS handshake: ",
        "this side has none; give --tls-cert and --tls-key");
    expect(refusal(), "TLS handshake failed: ", "of the authority that the other trusts");
  }

  @Test
  void aWorkerOfAnotherAuthorityIsRefused() throws Exception {
    int port = serve(knowing(server, alps).server());
    expect(
        failure(port, knowing(files(andes.issue("stranger")), alps).client()),
        "refused the TLS handshake: ",
        "expected a valid certificate of the authority that the server trusts",
        "this side has \"CN=stranger\", issued by \"CN=andes\"");
    expect(refusal(), "TLS handshake failed: ");
  }

  @Tag("slow")
  @Test
  void anExpiredWorkerIsRefused() throws Exception {
    int port = serve(knowing(server, alps).server());
    expect(
        failure(port, expired(briefWorker)),
        "refused the TLS handshake: ",
        "this side has \"CN=brief\", issued by \"CN=alps\"",
        "see the server's log");
    expect(refusal(), "TLS handshake failed: NotAfter: ");
  }

  @Test
  void aWorkerInPlainTextIsToldThatTheServerSpeaksTls() throws Exception {
    int port = serve(server.server());
    expect(failure(port, Optional.empty()), "speaks TLS, this side plain text; give --tls-ca");
    expect(refusal(), "it does not speak TLS, this server does");
    Server probed = running.orElseThrow().shutdownNow();
    assertTrue(probed.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertNull(refused.poll(), "the worker's question whether TLS is spoken was reported as well");
  }

  @Test
  void aWorkerByTlsIsToldThatTheServerSpeaksPlainText() throws Exception {
    int port = serve(Optional.empty());
    expect(
        failure(port, nameless()),
        "does not speak TLS, this side does; start it with --tls-cert and --tls-key");
  }

  @Test
  void whoHangsUpIsNotTakenForOneThatSpeaksTls() throws Exception {
    try (ServerSocket rude = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread hangingUp =
          new Thread(
              () -> {
                try {
                  while (true) {
                    rude.accept().close();
                  }
                } catch (IOException e) {
                  // The end of the test.
                }
              });
      hangingUp.start();
      LostLinkException e =
          assertThrows(
              LostLinkException.class,
              () -> GrpcServerLink.connect("127.0.0.1", rude.getLocalPort(), Access.OPEN));
      expect(e.getMessage(), "could not reach the server at 127.0.0.1:");
    }
  }
}
