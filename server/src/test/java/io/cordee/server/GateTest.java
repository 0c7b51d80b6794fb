package io.cordee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Token;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.connection.Lobby;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.Limits;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.TrainingListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
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
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ParameterServer server =
        ParameterServer.start(
            address,
            gate,
            Duration.ZERO,
            new LeadRole(MadeUpJob.job(), 1, 100, new TrainingListener() {}));
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

  private static final class Stream implements StreamObserver<ServerMessage> {

    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final BlockingQueue<ServerMessage> heard = new LinkedBlockingQueue<>();
    private final StreamObserver<WorkerMessage> toServer;

    Stream(ManagedChannel channel) {
      toServer = ParameterServerGrpc.newStub(channel).train(this);
    }

    Stream hello() {
      Hello hello =
          Hello.newBuilder().setProtocol(Connections.PROTOCOL).setName("ann").setThreads(1).build();
      toServer.onNext(WorkerMessage.newBuilder().setHello(hello).build());
      return this;
    }

    void expectWelcome() throws InterruptedException {
      ServerMessage first = heard.poll(20, TimeUnit.SECONDS);
      assertTrue(first != null && first.hasWelcome(), () -> first + ", " + end);
    }

    Status end() throws Exception {
      return end.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(ServerMessage message) {
      heard.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      end.complete(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }
  }

  private static void expect(Status.Code code, String words, Status found) {
    assertEquals(code, found.getCode(), found::toString);
    assertTrue(found.getDescription().contains(words), found::toString);
    assertFalse(found.toString().contains(SECRET), "the token is not told");
  }

  // ---- the token ----

  @Test
  void whoShowsTheTokenIsLetIn() throws Exception {
    new Stream(channel(withToken(), "Bearer " + SECRET)).hello().expectWelcome();
  }

  @Test
  void whoShowsNoneIsToldHowTo() throws Exception {
    Status end = new Stream(channel(withToken())).hello().end();
    expect(Status.Code.UNAUTHENTICATED, "requires a token; give --token-file", end);
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
      Status end = new Stream(channel(server, another)).hello().end();
      expect(Status.Code.UNAUTHENTICATED, "is not this server's; give --token-file", end);
    }
  }

  @Test
  void shardsHaveToShowItAsWell() throws Exception {
    CompletableFuture<Status> end = new CompletableFuture<>();
    ParameterServerGrpc.newStub(channel(withToken()))
        .follow(
            new StreamObserver<>() {
              @Override
              public void onNext(io.cordee.proto.v1.LeadMessage message) {}

              @Override
              public void onError(Throwable cause) {
                end.complete(Status.fromThrowable(cause));
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
    expect(Status.Code.UNAUTHENTICATED, "--token-file", end.get(20, TimeUnit.SECONDS));
  }

  @Test
  void healthIsToldToEverybodyAndTheServicesAreNot() throws Exception {
    ManagedChannel channel = channel(withToken());
    ServingStatus status =
        HealthGrpc.newBlockingStub(channel)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus();
    assertEquals(ServingStatus.SERVING, status);

    expect(Status.Code.UNAUTHENTICATED, "--token-file", services(channel));
  }

  /** The status of a reflection call that lists the services. */
  private static Status services(ManagedChannel channel) throws Exception {
    CompletableFuture<Status> end = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> ask =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<ServerReflectionResponse>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {}

                  @Override
                  public void onError(Throwable cause) {
                    end.complete(Status.fromThrowable(cause));
                  }

                  @Override
                  public void onCompleted() {
                    end.complete(Status.OK);
                  }
                });
    ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    ask.onCompleted();
    return end.get(20, TimeUnit.SECONDS);
  }

  // ---- the limits ----

  @Test
  void thereAreNoMoreWorkersThanTheLimitUntilOneLeaves() throws Exception {
    ParameterServer server = with(new Limits(2, 100, 200, Duration.ofSeconds(10)));
    Stream first = new Stream(channel(server)).hello();
    first.expectWelcome();
    new Stream(channel(server)).hello().expectWelcome();

    Status third = new Stream(channel(server)).hello().end();
    expect(Status.Code.RESOURCE_EXHAUSTED, "at most 2 workers at a time", third);
    expect(Status.Code.RESOURCE_EXHAUSTED, "--max-workers", third);

    first.toServer.onCompleted();
    assertTrue(first.end().isOk());
    new Stream(channel(server)).hello().expectWelcome();
  }

  @Test
  void oneAddressHasNoMoreCallsThanTheLimit() throws Exception {
    ParameterServer server = with(new Limits(100, 2, 200, Duration.ofSeconds(10)));
    new Stream(channel(server)).hello().expectWelcome();
    new Stream(channel(server)).hello().expectWelcome();

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
    Stream silent = new Stream(channel(server));
    expect(Status.Code.DEADLINE_EXCEEDED, "nothing was said within 0.3 s", silent.end());

    Stream worker = new Stream(channel(server)).hello();
    worker.expectWelcome();
    // After its hello, a worker may be silent for longer.
    assertThrows(
        java.util.concurrent.TimeoutException.class,
        () -> worker.end.get(900, TimeUnit.MILLISECONDS));
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

  @Test
  void connectionsWithoutAWordKeepNobodyOut() throws Exception {
    Lobby.Room room = new Lobby.Room(4, 8, 1000, 1000);
    ParameterServer server = with(new Limits(9, 100, 200, Duration.ofSeconds(600), room));
    Stream worker = new Stream(channel(server)).hello();
    worker.expectWelcome();
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
    new Stream(channel(server)).hello().expectWelcome();
    assertFalse(worker.end.isDone(), "who has said hello stays");
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
    Stream other = new Stream(channel(server)).hello();
    other.expectWelcome();
    ManagedChannel channel = channel(server);
    Stream beside = new Stream(channel).hello();
    beside.expectWelcome();
    for (int i = 0; i < 4; i++) {
      Stream cancelled = new Stream(channel).hello();
      cancelled.expectWelcome();
      cancelled.toServer.onError(new StatusRuntimeException(Status.CANCELLED));
    }
    Status.Code end = beside.end().getCode();
    assertTrue(
        end == Status.Code.RESOURCE_EXHAUSTED || end == Status.Code.UNAVAILABLE, end::toString);
    other.toServer.onCompleted();
    assertTrue(other.end().isOk());
  }

  @Test
  void oneConnectionHasAtMostSixteenCallsAtATime() throws Exception {
    ParameterServer server = server(Gate.OPEN);
    ManagedChannel channel = channel(server);
    // Streams opened before the connection is up may be overtaken by later ones.
    Stream first = new Stream(channel).hello();
    first.expectWelcome();
    List<Stream> streams = new ArrayList<>(List.of(first));
    for (int i = 1; i < 17; i++) {
      streams.add(new Stream(channel).hello());
    }
    for (Stream stream : streams.subList(1, 16)) {
      stream.expectWelcome();
    }
    // The next waits at the client until there is room.
    assertNull(streams.get(16).heard.poll(300, TimeUnit.MILLISECONDS));
    streams.get(0).toServer.onCompleted();
    streams.get(16).expectWelcome();
  }

  @Test
  void aJobThatDoesNotFitIntoTheMemoryIsRefusedWithTheWayOut() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                LeadRole.check(
                    MadeUpJob.job("model.layers=[40000, 40000]", "rule.name=adam"), 1, 1));
    assertTrue(refused.getMessage().contains("1,600,040,000 parameters"), refused.getMessage());
    assertTrue(refused.getMessage().contains("-Xmx"), refused.getMessage());
    assertTrue(refused.getMessage().contains("--shards"), refused.getMessage());
  }
}
