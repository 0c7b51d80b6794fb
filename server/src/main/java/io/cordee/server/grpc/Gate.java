package io.cordee.server.grpc;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.frame.InProcess;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.Refusals;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.server.connection.Lobby;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is let in, and how many of them.
 *
 * @param access what is spoken, and what callers have to show
 * @param limits what is borne with
 */
public record Gate(Access access, Limits limits) {

  /** Everybody, in plain text. */
  public static final Gate OPEN = new Gate(Access.OPEN, Limits.DEFAULT);

  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

  /**
   * A server to be, which lets in whom this gate does.
   *
   * @param address on a network, or in this process
   * @param timer closes streams on which nothing is said
   * @throws io.cordee.proto.security.AccessException if there can be no TLS with what this side has
   */
  public Guarded server(SocketAddress address, ScheduledExecutorService timer) {
    Refusals refusals = new RefusalLog(System::nanoTime, LOG::warn);
    Lobby lobby = new Lobby(limits.connections(), refusals::refused);
    ServerBuilder<?> builder =
        address instanceof InetSocketAddress internet
            ? listening(internet, lobby, refusals)
            : InProcess.server(address, timer);
    List<ServerInterceptor> everybody = List.of(perAddress(refusals));
    List<ServerInterceptor> token = new ArrayList<>(everybody);
    access.token().ifPresent(secret -> token.add(new TokenCheck(secret, refusals)));
    List<ServerInterceptor> team = new ArrayList<>(token);
    team.add(workers(refusals));
    team.add(new HelloDeadline(limits.silence(), timer, lobby, refusals));
    return new Guarded(builder, everybody, token, team);
  }

  private ServerBuilder<?> listening(InetSocketAddress address, Lobby lobby, Refusals refusals) {
    return Connections.server(address, access.tls(), lobby::enter, refusals)
        .maxRstFramesPerWindow(limits.resets(), (int) Limits.RESET_WINDOW.toSeconds())
        .handshakeTimeout(limits.silence().toMillis(), TimeUnit.MILLISECONDS)
        .maxConnectionIdle(limits.silence().toMillis(), TimeUnit.MILLISECONDS);
  }

  private ServerInterceptor perAddress(Refusals refusals) {
    return new OpenCalls(
        limits.callsPerAddress(),
        call -> Optional.of(Peer.host(Peer.address(call))),
        "this server takes at most %d calls at a time from one address; start it with --max-calls for more"
            .formatted(limits.callsPerAddress()),
        refusals);
  }

  private ServerInterceptor workers(Refusals refusals) {
    return new OpenCalls(
        limits.workers(),
        call -> isOfWorker(call) ? Optional.of("all") : Optional.empty(),
        "this server takes at most %d workers at a time; start it with --max-workers for more"
            .formatted(limits.workers()),
        refusals);
  }

  private static boolean isOfWorker(ServerCall<?, ?> call) {
    return call.getMethodDescriptor()
        .getFullMethodName()
        .equals(ParameterServerGrpc.getTrainMethod().getFullMethodName());
  }

  /**
   * Shuts a server, and breaks off calls that are not over in time.
   *
   * @param patience for them to end, and again for them to be broken off
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

  /** A server that gets its services. */
  public static final class Guarded {

    private final ServerBuilder<?> builder;
    private final List<ServerInterceptor> everybody;
    private final List<ServerInterceptor> token;
    private final List<ServerInterceptor> team;

    private Guarded(
        ServerBuilder<?> builder,
        List<ServerInterceptor> everybody,
        List<ServerInterceptor> token,
        List<ServerInterceptor> team) {
      this.builder = builder;
      this.everybody = everybody;
      this.token = token;
      this.team = team;
    }

    /** One for those who show the token, if there is one. */
    public Guarded add(BindableService service) {
      return add(service.bindService(), token);
    }

    /** One for everybody, who may not even know the token. */
    public Guarded addPublic(BindableService service) {
      return add(service.bindService(), everybody);
    }

    /** That of the workers and shards, who show the token and say hello. */
    public Guarded addTeam(ServerServiceDefinition service) {
      return add(service, team);
    }

    private Guarded add(ServerServiceDefinition service, List<ServerInterceptor> checks) {
      builder.addService(ServerInterceptors.interceptForward(service, checks));
      return this;
    }

    public Server build() {
      return builder.build();
    }
  }
}
