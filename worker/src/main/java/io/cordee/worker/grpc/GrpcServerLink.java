package io.cordee.worker.grpc;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.retry.Backoff;
import io.cordee.common.text.OutOfMemory;
import io.cordee.common.text.OutsideText;
import io.cordee.common.wire.Uplink;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.connection.Diagnosis;
import io.cordee.proto.connection.ServerWait;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.frame.InProcess;
import io.cordee.proto.frame.TrainMethod;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.AccessException;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Differs;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Heartbeat;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Subscribe;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.worker.link.ChunkSink;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.LostLinkException;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.ServerSays;
import io.cordee.worker.model.Sums;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The connection to the server as one gRPC stream. Proto types end here. Chunks go from the socket
 * to where they belong on the stream's own thread; what is said besides waits to be received.
 *
 * <p>Back-pressure: at most {@value #IN_FLIGHT} messages are asked of the server ahead of their
 * processing, and contributions and evaluations, which compute threads say, wait until the stream
 * is ready. What the thread says that receives does not wait, but for its greeting: gRPC tells the
 * end of a stream only after all that came before it has been received.
 */
public final class GrpcServerLink implements ServerLink {

  private static final int IN_FLIGHT = 8;

  /** How long the server may take to hear a goodbye. */
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private static final Frame<WorkerMessage> HEARTBEAT =
      Frame.of(WorkerMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());

  private static final ChunkSink NO_SINK =
      chunk -> {
        throw new IllegalArgumentException("the server sent a chunk before it was asked for data");
      };

  /** What the stream delivers: a message, a chunk that could not be put, or its end. */
  private sealed interface Delivery {
    record Message(ServerMessage message) implements Delivery {}

    record Misfit(RuntimeException why) implements Delivery {}

    record End(Status status) implements Delivery {}
  }

  /** What becomes of what is sent. */
  private enum Sending {
    OPEN,
    /** This worker has said goodbye. */
    LEFT,
    /** The stream has ended. */
    ENDED
  }

  private final String address;
  private final ManagedChannel channel;
  private final Runnable onClose;
  private volatile ContributionWriter contributions = new ContributionWriter(Uplink.FLOAT32);
  private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
  private final Object lock = new Object();
  private volatile ChunkSink chunks = NO_SINK;
  private ClientCallStreamObserver<Frame<WorkerMessage>> toServer;

  /** Guarded by the lock. */
  private Sending sending = Sending.OPEN;

  /**
   * @param address for people
   * @param onClose run when the channel is closed
   */
  private GrpcServerLink(String address, ManagedChannel channel, Runnable onClose) {
    this.address = address;
    this.channel = channel;
    this.onClose = onClose;
  }

  /**
   * Opens the stream to a server in this process, which is there already.
   *
   * <p>What the server says is dealt with on a thread of this link: the server says it in the
   * middle of what another worker's thread has brought, and must not wait for that worker's locks.
   */
  public static GrpcServerLink open(SocketAddress inProcess) {
    ScheduledExecutorService thread = InProcess.thread("from-server");
    ManagedChannel channel = InProcess.client(inProcess, thread).build();
    GrpcServerLink link = new GrpcServerLink("(in this process)", channel, thread::shutdown);
    link.begin();
    return link;
  }

  /**
   * Opens the stream, in plain text, when there is a server.
   *
   * @throws LinkException if there is none within {@code patience}
   */
  public static GrpcServerLink open(String host, int port, Duration patience, Runnable onWaiting) {
    GrpcServerLink link = connect(host, port, Access.OPEN, patience, onWaiting);
    link.begin();
    return link;
  }

  /**
   * Waits until there is a server. To be followed by {@link #begin}: a stream on which nothing is
   * said is not borne with for long, and there may be other servers to wait for.
   *
   * @param access how it is spoken to, and what is shown to it
   * @throws LinkException if there is none within {@code patience}, or one that cannot be spoken to
   *     like this
   */
  public static GrpcServerLink connect(
      String host, int port, Access access, Duration patience, Runnable onWaiting) {
    GrpcServerLink link =
        new GrpcServerLink(
            host + ":" + port, Connections.client(host, port, access).build(), () -> {});
    Backoff backoff = new Backoff(ThreadLocalRandom.current());
    try {
      new ServerWait(link.channel, new Diagnosis(host, port, access), backoff::next)
          .await(patience, onWaiting);
    } catch (TimeoutException | AccessException e) {
      link.close();
      throw new LinkException(e.getMessage());
    } catch (InterruptedException e) {
      throw link.interrupted();
    }
    return link;
  }

  /** Opens the stream. */
  public void begin() {
    TrainMethod.open(channel, new Inbound());
  }

  private LinkException interrupted() {
    Thread.currentThread().interrupt();
    close();
    return new LinkException("interrupted while waiting for the server at " + address);
  }

  private final class Inbound
      implements ClientResponseObserver<Frame<WorkerMessage>, Frame<ServerMessage>> {

    @Override
    public void beforeStart(ClientCallStreamObserver<Frame<WorkerMessage>> stream) {
      toServer = stream;
      stream.disableAutoRequestWithInitial(IN_FLIGHT);
      stream.setOnReadyHandler(GrpcServerLink.this::wakeSenders);
    }

    @Override
    public void onNext(Frame<ServerMessage> frame) {
      if (!frame.message().hasParameters()) {
        deliveries.add(new Delivery.Message(frame.message()));
        return;
      }
      try {
        check(frame.message());
        chunks.put(ServerMessageReader.chunk(frame.message().getParameters(), frame.received()));
      } catch (RuntimeException e) {
        // Once is enough: the job ends with it.
        chunks = chunk -> {};
        deliveries.add(new Delivery.Misfit(e));
      }
      toServer.request(1);
    }

    @Override
    public void onError(Throwable cause) {
      end(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
      end(Status.OK);
    }
  }

  private void end(Status status) {
    deliveries.add(new Delivery.End(status));
    stopSending(Sending.ENDED);
  }

  private void stopSending(Sending why) {
    synchronized (lock) {
      sending = why;
      lock.notifyAll();
    }
  }

  private void wakeSenders() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  @Override
  public void deliverChunksTo(ChunkSink sink) {
    chunks = sink;
  }

  @Override
  public void contributeAs(Uplink uplink) {
    contributions = new ContributionWriter(uplink);
  }

  @Override
  public ServerSays receive() {
    Delivery delivery;
    try {
      delivery = deliveries.take();
    } catch (InterruptedException e) {
      throw interrupted();
    }
    if (delivery instanceof Delivery.Message message) {
      toServer.request(1);
      check(message.message());
      return ServerMessageReader.says(message.message());
    }
    if (delivery instanceof Delivery.Misfit misfit) {
      throw misfit.why();
    }
    // Whoever asks again is told again.
    deliveries.add(delivery);
    throw lost(((Delivery.End) delivery).status());
  }

  private LinkException lost(Status status) {
    return OutOfMemory.reason(status.getCause())
        .map(reason -> new LinkException("this worker is " + reason))
        .orElseGet(() -> ended(status));
  }

  private LinkException ended(Status status) {
    return switch (status.getCode()) {
      case OK -> new LinkException("the server at " + address + " ended the connection");
      case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED ->
          new LostLinkException(
              "the connection to the server at " + address + " is lost: " + cause(status));
      default ->
          new LinkException("the server at " + address + " refuses this worker: " + reason(status));
    };
  }

  /** What the network said, or the server's gRPC, in a line. */
  private static String cause(Status status) {
    Throwable cause = status.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String text = cause == null ? null : cause.getMessage();
    return (text == null ? reason(status) : text).lines().findFirst().orElse("");
  }

  private static String reason(Status status) {
    return status.getDescription() == null
        ? status.getCode().toString()
        : OutsideText.printable(status.getDescription(), ServerMessageReader.LONGEST_TEXT);
  }

  private void check(ServerMessage message) {
    ServerMessageCheck.misfit(message)
        .ifPresent(
            misfit -> {
              throw new LinkException(
                  "the server at "
                      + address
                      + " has sent what cannot be: "
                      + misfit
                      + "; run the same version of Cordee on both sides");
            });
  }

  @Override
  public void hello(String name, int threads) {
    Hello hello =
        Hello.newBuilder()
            .setProtocol(Connections.PROTOCOL)
            .setName(name)
            .setThreads(threads)
            .build();
    send(Frame.of(WorkerMessage.newBuilder().setHello(hello).build()));
  }

  @Override
  public void dataFound(long trainRows, long testRows, String arithmetic, Columns columns) {
    say(
        WorkerMessage.newBuilder()
            .setDataFound(
                DataFound.newBuilder()
                    .setTrainRows(trainRows)
                    .setTestRows(testRows)
                    .setArithmetic(arithmetic)
                    .setColumns(columns.features())
                    .setTargets(columns.targets())));
  }

  @Override
  public void prepared(int plan) {
    say(WorkerMessage.newBuilder().setPrepared(Prepared.newBuilder().setPlan(plan)));
  }

  @Override
  public void subscribe() {
    say(WorkerMessage.newBuilder().setSubscribe(Subscribe.getDefaultInstance()));
  }

  @Override
  public void contribution(int version, int node, Tally tally, Sums sums, int chunk) {
    Chunks chunks = Chunks.of(sums.parameters(), sums.width());
    send(contributions.write(version, node, tally, sums, chunks, chunk));
  }

  @Override
  public void evaluated(int version, int slice, Tally tally) {
    Evaluated evaluated =
        Evaluated.newBuilder()
            .setVersion(version)
            .setSlice(slice)
            .setTally(ContributionWriter.message(tally))
            .build();
    send(Frame.of(WorkerMessage.newBuilder().setEvaluated(evaluated).build()));
  }

  /** Does not wait either, as it is the connection's own thread that finds out. */
  @Override
  public void differs(int version, int chunk) {
    say(
        WorkerMessage.newBuilder()
            .setDiffers(Differs.newBuilder().setVersion(version).setChunk(chunk)));
  }

  @Override
  public void heartbeat() {
    synchronized (lock) {
      if (sending == Sending.OPEN && toServer.isReady()) {
        toServer.onNext(HEARTBEAT);
      }
    }
  }

  @Override
  public void failure(String message) {
    say(WorkerMessage.newBuilder().setFailure(Failure.newBuilder().setMessage(message)));
  }

  @Override
  public void goodbye() {
    synchronized (lock) {
      if (sending == Sending.OPEN) {
        toServer.onNext(
            Frame.of(WorkerMessage.newBuilder().setGoodbye(Goodbye.getDefaultInstance()).build()));
        toServer.onCompleted();
        stopSending(Sending.LEFT);
      }
    }
  }

  /** Something short, which does not wait until the stream is ready. */
  private void say(WorkerMessage.Builder message) {
    synchronized (lock) {
      if (sending == Sending.OPEN) {
        toServer.onNext(Frame.of(message.build()));
      }
    }
  }

  /** Waits until the stream is ready. */
  private void send(Frame<WorkerMessage> frame) {
    synchronized (lock) {
      while (sending == Sending.OPEN && !toServer.isReady()) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          // This thread is to end; the others may still have something to say.
          Thread.currentThread().interrupt();
          return;
        }
      }
      if (sending == Sending.OPEN) {
        toServer.onNext(frame);
      }
    }
  }

  /** Not before a goodbye is heard: hanging up would overtake it. */
  @Override
  public void close() {
    if (hasLeft()) {
      channel.shutdown();
      try {
        channel.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    channel.shutdownNow();
    onClose.run();
  }

  private boolean hasLeft() {
    synchronized (lock) {
      return sending == Sending.LEFT;
    }
  }
}
