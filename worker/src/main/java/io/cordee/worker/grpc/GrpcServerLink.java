package io.cordee.worker.grpc;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.frame.InProcess;
import io.cordee.proto.frame.TrainMethod;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.AccessException;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.worker.link.ChunkSink;
import io.cordee.worker.link.Contribution;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.LostLinkException;
import io.cordee.worker.link.ServerLink;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The connection to the server as one gRPC stream.
 *
 * <p>Back-pressure: contributions and evaluations, which compute threads send, wait until the
 * stream is ready. What the receiving thread sends does not wait, except for its greeting: gRPC
 * reports the end of a stream only after everything before it has been received.
 */
public final class GrpcServerLink implements ServerLink {

  private static final Duration GOODBYE_TIMEOUT = Duration.ofSeconds(5);

  /**
   * How long the server may take to answer a failure. Before it tells of the end, it may have to
   * collect and write all weights.
   */
  Duration patience = Duration.ofMinutes(5);

  private final String server;
  private final ManagedChannel channel;
  private final Runnable onClose;
  private final ServerStream stream;

  /**
   * @param server what people call it
   */
  private GrpcServerLink(String server, ManagedChannel channel, Runnable onClose) {
    this.server = server;
    this.channel = channel;
    this.onClose = onClose;
    this.stream = new ServerStream(server);
  }

  /**
   * Opens the stream to a server in this process, which is there already.
   *
   * <p>The server's messages are handled on a thread of this link: the server sends them while it
   * handles another worker's message, and must not wait there for locks of a worker.
   */
  public static GrpcServerLink open(SocketAddress inProcess) {
    GrpcServerLink link = connect(inProcess);
    link.begin();
    return link;
  }

  /** As {@link #open(SocketAddress)}, to be followed by {@link #begin}. */
  public static GrpcServerLink connect(SocketAddress inProcess) {
    ScheduledExecutorService thread = Connections.thread("from-server");
    ManagedChannel channel = InProcess.client(inProcess, thread).build();
    return new GrpcServerLink("the server of this process", channel, thread::shutdown);
  }

  /**
   * Connects in plain text and opens the stream.
   *
   * @throws LinkException as {@link #connect}
   */
  public static GrpcServerLink open(String host, int port) {
    GrpcServerLink link = connect(host, port, Access.OPEN);
    link.begin();
    return link;
  }

  /**
   * Makes one attempt to connect. To be followed by {@link #begin} soon, as a server closes a
   * silent stream; in between, other servers may be connected.
   *
   * @throws LostLinkException if no server answers
   * @throws LinkException if a server answers but cannot be used with this access
   */
  public static GrpcServerLink connect(String host, int port, Access access) {
    String server = "the server at " + host + ":" + port;
    try {
      ManagedChannel channel = new Dial(host, port, access).open(Dial.LIMIT);
      return new GrpcServerLink(server, channel, () -> {});
    } catch (ConnectException e) {
      throw new LostLinkException(e.getMessage());
    } catch (AccessException e) {
      throw new LinkException(e.getMessage());
    } catch (InterruptedException e) {
      throw interrupted(server);
    }
  }

  private static LinkException interrupted(String server) {
    Thread.currentThread().interrupt();
    return new LinkException("interrupted while waiting for " + server);
  }

  public void begin() {
    TrainMethod.open(channel, stream);
  }

  @Override
  public void deliverChunksTo(ChunkSink sink) {
    stream.deliverChunksTo(sink);
  }

  @Override
  public ServerMessage receive() {
    try {
      return stream.receive();
    } catch (InterruptedException e) {
      close();
      throw interrupted(server);
    }
  }

  @Override
  public void contribute(Contribution whole, int first, int count) {
    stream.send(ContributionWriter.write(whole, first, count));
  }

  @Override
  public void send(WorkerMessage message) {
    Frame<WorkerMessage> frame = Frame.of(message);
    switch (message.getBodyCase()) {
      case HEARTBEAT -> stream.sayIfReady(frame);
      case GOODBYE -> stream.finish(frame);
      case EVALUATED, HELLO -> stream.send(frame);
      case FAILURE -> {
        awaitAnswer(message.getFailure());
        stream.say(frame);
      }
      default -> stream.say(frame); // the connection's own thread may send it, and must not wait
    }
  }

  private void awaitAnswer(Failure failure) {
    String why =
        "it has neither sent this worker away nor ended the job within %d s of being told: %s; restart it"
            .formatted(patience.toSeconds(), failure.getMessage());
    CompletableFuture.delayedExecutor(patience.toNanos(), TimeUnit.NANOSECONDS)
        .execute(() -> stream.ended(Status.UNAVAILABLE.withDescription(why)));
  }

  /** Waits until a goodbye is received: closing would overtake it. */
  @Override
  public void close() {
    if (stream.isFinished()) {
      channel.shutdown();
      try {
        channel.awaitTermination(GOODBYE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    channel.shutdownNow();
    onClose.run();
  }
}
