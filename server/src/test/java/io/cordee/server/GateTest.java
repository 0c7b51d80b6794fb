package io.cordee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.proto.security.Access;
import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Token;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.connection.Lobby;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.Limits;
import io.cordee.server.serving.ParameterServer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {

  private static final String SECRET = "only-the-team-knows-this";
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir private Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private ParameterServer server(Gate gate) throws IOException, InterruptedException {
    ParameterServer server =
        Loopback.server(gate, Loopback.lead(MadeUpJob.job(), 1, 100, new Watcher()));
    open.add(server);
    return server;
  }

  private ParameterServer withToken() throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("token"), SECRET + "\n");
    Token token = Token.read(new NamedFile("--token-file", file));
    return server(new Gate(new Access(Optional.empty(), Optional.of(token)), Limits.DEFAULT));
  }

  private ParameterServer with(Limits limits) throws IOException, InterruptedException {
    return server(new Gate(Access.OPEN, limits));
  }

  private ManagedChannel channel(ParameterServer server, String... authorization) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().disableRetry();
    if (authorization.length > 0) {
      Metadata headers = new Metadata();
      headers.put(AUTHORIZATION, authorization[0]);
      builder.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
    ManagedChannel channel = builder.build();
    open.add(0, channel::shutdownNow);
    return channel;
  }

  private static Wire hello(ManagedChannel channel) {
    Wire wire = new Wire(channel);
    wire.say(Wire.hello("ann"));
    return wire;
  }

  private static Wire welcomed(ManagedChannel channel) {
    Wire wire = hello(channel);
    assertTrue(wire.hear().hasWelcome());
    return wire;
  }

  private static void expect(Status.Code code, String words, Status found) {
    assertEquals(code, found.getCode(), found::toString);
    assertTrue(found.getDescription().contains(words), found::toString);
    assertFalse(found.toString().contains(SECRET), "the token is not told");
  }

  // ---- the token ----

  @Test
  void whoShowsTheTokenIsLetIn() throws Exception {
    welcomed(channel(withToken(), "Bearer " + SECRET));
  }

  @Test
  void whoShowsNoneIsToldHowTo() throws Exception {
    Status end = hello(channel(withToken())).end();
    expect(Status.Code.UNAUTHENTICATED, "requires a token; give the token file", end);
  }

  @Test
  void whoShowsAnotherIsRefused() throws Exception {
    ParameterServer server = withToken();
    for (String another :
        List.of(
            "Bearer " + SECRET + "x",
            "Bearer " + SECRET.substring(1),
            "Bearer ",
            "Basic " + SECRET,
            SECRET)) {
      Status end = hello(channel(server, another)).end();
      expect(Status.Code.UNAUTHENTICATED, "is not this server's; give the token file", end);
    }
  }

  @Test
  void shardsHaveToShowItAsWell() throws Exception {
    Heard<LeadMessage> heard = new Heard<>();
    ParameterServerGrpc.newStub(channel(withToken())).follow(heard);
    expect(Status.Code.UNAUTHENTICATED, "token file", heard.end());
  }

  @Test
  void healthIsToldToEverybodyAndTheServicesAreNot() throws Exception {
    ManagedChannel channel = channel(withToken());
    ServingStatus status =
        HealthGrpc.newBlockingStub(channel)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus();
    assertEquals(ServingStatus.SERVING, status);

    expect(Status.Code.UNAUTHENTICATED, "token file", Heard.services(channel).end());
  }

  // ---- the limits ----

  @Test
  void thereAreNoMoreWorkersThanTheLimitUntilOneLeaves() throws Exception {
    ParameterServer server = with(new Limits(2, 100, 200, Duration.ofSeconds(10)));
    Wire first = welcomed(channel(server));
    welcomed(channel(server));

    Status third = hello(channel(server)).end();
    expect(Status.Code.RESOURCE_EXHAUSTED, "at most 2 workers at a time", third);
    expect(Status.Code.RESOURCE_EXHAUSTED, "--max-workers", third);

    first.halfClose();
    assertTrue(first.end().isOk());
    welcomed(channel(server));
  }

  @Test
  void oneAddressHasNoMoreCallsThanTheLimit() throws Exception {
    ParameterServer server = with(new Limits(100, 2, 200, Duration.ofSeconds(10)));
    welcomed(channel(server));
    welcomed(channel(server));

    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                HealthGrpc.newBlockingStub(channel(server))
                    .check(HealthCheckRequest.getDefaultInstance()));
    expect(Status.Code.RESOURCE_EXHAUSTED, "at most 2 calls at a time", refused.getStatus());
  }

  @Test
  void aStreamOnWhichNothingIsSaidIsClosedAndGivesItsPlaceBack() throws Exception {
    ParameterServer server = with(new Limits(1, 100, 200, Duration.ofMillis(300)));
    Wire silent = new Wire(channel(server));
    expect(Status.Code.DEADLINE_EXCEEDED, "nothing was said within 0.3 s", silent.end());

    Wire worker = welcomed(channel(server));
    // After its hello, a worker may be silent for longer.
    assertTrue(worker.isSilentFor(900));
  }

  @Test
  void aConnectionWithoutAWordIsClosed() throws Exception {
    ParameterServer server = with(new Limits(1, 100, 200, Duration.ofMillis(300)));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(30_000);
      int last = 0;
      while (last >= 0) {
        last = socket.getInputStream().read();
      }
      assertEquals(-1, last);
    }
  }

  @Tag("slow")
  @Test
  void connectionsWithoutAWordKeepNobodyOut() throws Exception {
    Lobby.Room room = new Lobby.Room(4, 8, 1000, 1000);
    ParameterServer server = with(new Limits(9, 100, 200, Duration.ofSeconds(600), room));
    Wire worker = welcomed(channel(server));
    List<SocketChannel> idle = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      SocketChannel socket =
          SocketChannel.open(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      open.add(socket);
      socket.configureBlocking(false);
      idle.add(socket);
    }
    // Long before the idle timeout.
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (idle.size() > 4) {
      idle.removeIf(GateTest::isClosed);
      assertTrue(System.nanoTime() < deadline, () -> idle.size() + " are open");
      TimeUnit.MILLISECONDS.sleep(10);
    }
    welcomed(channel(server));
    assertTrue(worker.isSilentFor(0), "who has said hello stays");
  }

  private static boolean isClosed(SocketChannel socket) {
    try {
      return socket.read(ByteBuffer.allocate(1000)) < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void whoKeepsCancellingLosesTheConnectionAndNobodyElseDoes() throws Exception {
    ParameterServer server = with(new Limits(100, 100, 3, Duration.ofSeconds(10)));
    Wire other = welcomed(channel(server));
    ManagedChannel channel = channel(server);
    Wire beside = welcomed(channel);
    for (int i = 0; i < 4; i++) {
      Wire cancelled = welcomed(channel);
      cancelled.cancel();
    }
    Status.Code end = beside.end().getCode();
    assertTrue(
        end == Status.Code.RESOURCE_EXHAUSTED || end == Status.Code.UNAVAILABLE, end::toString);
    other.halfClose();
    assertTrue(other.end().isOk());
  }

  @Test
  void oneConnectionHasAtMostSixteenCallsAtATime() throws Exception {
    ParameterServer server = server(Gate.OPEN);
    ManagedChannel channel = channel(server);
    // Streams opened before the connection is up may be overtaken by later ones.
    Wire first = welcomed(channel);
    List<Wire> streams = new ArrayList<>(List.of(first));
    for (int i = 1; i < 17; i++) {
      streams.add(hello(channel));
    }
    for (Wire stream : streams.subList(1, 16)) {
      assertTrue(stream.hear().hasWelcome());
    }
    // The next waits at the client until there is room.
    assertTrue(streams.get(16).isSilentFor(300));
    streams.get(0).halfClose();
    assertTrue(streams.get(16).hear().hasWelcome());
  }

  @Test
  void aJobThatDoesNotFitIntoTheMemoryIsRefusedWithTheWayOut() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                LeadRole.check(
                    MadeUpJob.job("model.layers=[40000, 40000]", "optimizer.name=adam"), 1, 1));
    assertTrue(refused.getMessage().contains("1,600,040,000 parameters"), refused.getMessage());
    assertTrue(refused.getMessage().contains("-Xmx"), refused.getMessage());
    assertTrue(refused.getMessage().contains("--shards"), refused.getMessage());
  }
}
