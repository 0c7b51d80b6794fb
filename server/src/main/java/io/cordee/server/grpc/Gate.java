package io.cordee.server.grpc;

import io.cordee.common.text.Advice;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.frame.InProcess;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.Refusals;
import io.cordee.proto.security.Token;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.server.connection.Lobby;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Which peers are admitted, and how many.
 *
 * @param inside where workers of the same process connect, if it has any
 */
public record Gate(Access access, Limits limits, Optional<SocketAddress> inside) {

  /** The logger of refused peers, for whoever shows them on a console. */
  public static final String REFUSALS = "refusals";

  /** Everybody, in plain text. */
  public static final Gate OPEN = new Gate(Access.OPEN, Limits.DEFAULT);

  public Gate(Access access, Limits limits) {
    this(access, limits, Optional.empty());
  }

  /** The same, with another way in for workers of the same process. */
  public Gate with(SocketAddress door) {
    return new Gate(access, limits, Optional.of(door));
  }

  /**
   * A server, not started yet, that admits the peers of this gate.
   *
   * @param address on a network, or in this process
   * @param timer closes streams on which nothing is said
   * @param team the service of the workers and shards, who show the token, if there is one, and say
   *     hello
   * @param forAll services for everybody, even without the token
   * @param guarded services for peers that show it
   * @throws io.cordee.proto.security.AccessException if TLS cannot be set up
   */
  public Server server(
      SocketAddress address,
      ScheduledExecutorService timer,
      ServerServiceDefinition team,
      List<BindableService> forAll,
      List<BindableService> guarded) {
    Refusals refusals = RefusalLog.by(timer);
    Lobby lobby = new Lobby(limits.connections(), refusals::refused);
    ServerBuilder<?> builder =
        address instanceof InetSocketAddress internet
            ? listening(internet, lobby, refusals)
            : InProcess.server(address, timer);
    List<ServerInterceptor> checks =
        new ArrayList<>(List.of(new RefusedCalls(refusals), perAddress()));
    forAll.forEach(service -> builder.addService(checked(service.bindService(), checks)));
    access.token().ifPresent(token -> checks.add(new TokenCheck(token)));
    guarded.forEach(service -> builder.addService(checked(service.bindService(), checks)));
    checks.add(workers());
    checks.add(new HelloDeadline(limits.silence(), timer, lobby));
    return builder.addService(checked(team, checks)).build();
  }

  private static ServerServiceDefinition checked(
      ServerServiceDefinition service, List<ServerInterceptor> checks) {
    return ServerInterceptors.interceptForward(service, List.copyOf(checks));
  }

  private ServerBuilder<?> listening(InetSocketAddress address, Lobby lobby, Refusals refusals) {
    return Connections.server(address, access.tls(), lobby::enter, refusals)
        .maxRstFramesPerWindow(limits.resets(), (int) Limits.RESET_WINDOW.toSeconds())
        .handshakeTimeout(limits.silence().toMillis(), TimeUnit.MILLISECONDS)
        .maxConnectionIdle(limits.silence().toMillis(), TimeUnit.MILLISECONDS);
  }

  private ServerInterceptor perAddress() {
    return new OpenCalls(
        limits.callsPerAddress(),
        call -> Optional.of(Peer.host(Peer.address(call))),
        "this server takes at most %d calls at a time from one address; %s"
            .formatted(limits.callsPerAddress(), Advice.MAX_CALLS));
  }

  private ServerInterceptor workers() {
    return new OpenCalls(
        limits.workers(),
        call -> isOfWorker(call) ? Optional.of("all") : Optional.empty(),
        "this server takes at most %d workers at a time; %s"
            .formatted(limits.workers(), Advice.MAX_WORKERS));
  }

  private static boolean isOfWorker(ServerCall<?, ?> call) {
    return call.getMethodDescriptor()
        .getFullMethodName()
        .equals(ParameterServerGrpc.getTrainMethod().getFullMethodName());
  }

  private record TokenCheck(Token token) implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      Optional<String> refusal = token.refusal(headers);
      return refusal.isPresent()
          ? Peer.refuse(call, Status.UNAUTHENTICATED, refusal.get())
          : next.startCall(call, headers);
    }
  }

  /** Reports every call that this server has ended because of its peer, whoever ended it. */
  private record RefusedCalls(Refusals refusals) implements ServerInterceptor {

    private static final Set<Status.Code> CODES =
        EnumSet.of(
            Status.Code.UNAUTHENTICATED,
            Status.Code.PERMISSION_DENIED,
            Status.Code.INVALID_ARGUMENT,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.ALREADY_EXISTS,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.DEADLINE_EXCEEDED);

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
              if (CODES.contains(status.getCode())) {
                refusals.refused(Peer.address(call), String.valueOf(status.getDescription()));
              }
              super.close(status, trailers);
            }
          },
          headers);
    }
  }

  /**
   * Shuts a server down, and cancels calls that do not end in time.
   *
   * @param patience for them to end, and again for them to be cancelled
   */
  public static void shut(Server server, Duration patience) {
    server.shutdown();
    try {
      if (!server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
