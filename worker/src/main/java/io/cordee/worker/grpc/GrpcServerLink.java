package io.cordee.worker.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.FloatCodec;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.ServerSays;
import io.cordee.worker.model.Sums;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The connection to the server as one gRPC stream. Proto types end here.
 *
 * <p>Back-pressure: at most {@value #IN_FLIGHT} messages are asked of the server ahead of their
 * processing, and sending waits until the stream is ready.
 */
public final class GrpcServerLink implements ServerLink {

  private static final int PROTOCOL = 1;
  private static final int IN_FLIGHT = 8;
  private static final int MAX_MESSAGE = (1 << 20) + (64 << 10);
  private static final int FLOW_CONTROL_WINDOW = 4 << 20;
  private static final int MAX_PARTITIONS = 1 << 20;
  private static final Duration KEEPALIVE = Duration.ofSeconds(30);

  /** What the stream delivers: a message, or its end. */
  private sealed interface Delivery {
    record Message(ServerMessage message) implements Delivery {}

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
  private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
  private final Object lock = new Object();
  private ClientCallStreamObserver<WorkerMessage> toServer;

  /** Guarded by the lock. */
  private Sending sending = Sending.OPEN;

  private GrpcServerLink(String host, int port) {
    this.address = host + ":" + port;
    this.channel =
        NettyChannelBuilder.forAddress(host, port)
            .usePlaintext()
            .maxInboundMessageSize(MAX_MESSAGE)
            .flowControlWindow(FLOW_CONTROL_WINDOW)
            .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true)
            .build();
  }

  /**
   * Opens the stream; the first {@link #receive} waits until there is a server.
   *
   * @throws LinkException if there is none within {@code patience}
   */
  public static GrpcServerLink open(String host, int port, Duration patience, Runnable onWaiting) {
    GrpcServerLink link = new GrpcServerLink(host, port);
    try {
      new ServerWait(link.channel, link.address).await(patience, onWaiting);
    } catch (LinkException e) {
      link.close();
      throw e;
    }
    ParameterServerGrpc.newStub(link.channel).train(link.new Inbound());
    return link;
  }

  private LinkException interrupted() {
    Thread.currentThread().interrupt();
    close();
    return new LinkException("interrupted while waiting for the server at " + address);
  }

  private final class Inbound implements ClientResponseObserver<WorkerMessage, ServerMessage> {

    @Override
    public void beforeStart(ClientCallStreamObserver<WorkerMessage> stream) {
      toServer = stream;
      stream.disableAutoRequestWithInitial(IN_FLIGHT);
      stream.setOnReadyHandler(GrpcServerLink.this::wakeSenders);
    }

    @Override
    public void onNext(ServerMessage message) {
      deliveries.add(new Delivery.Message(message));
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
  public ServerSays receive() {
    Delivery delivery;
    try {
      delivery = deliveries.take();
    } catch (InterruptedException e) {
      throw interrupted();
    }
    if (delivery instanceof Delivery.Message message) {
      toServer.request(1);
      return translate(message.message());
    }
    // Whoever asks again is told again.
    deliveries.add(delivery);
    throw lost(((Delivery.End) delivery).status());
  }

  private LinkException lost(Status status) {
    return switch (status.getCode()) {
      case OK -> new LinkException("the server at " + address + " ended the connection");
      case UNAVAILABLE, CANCELLED ->
          new LinkException("the connection to the server at " + address + " is lost");
      default ->
          new LinkException("the server at " + address + " refuses this worker: " + reason(status));
    };
  }

  private static String reason(Status status) {
    return status.getDescription() == null ? status.getCode().toString() : status.getDescription();
  }

  private static ServerSays translate(ServerMessage message) {
    return switch (message.getBodyCase()) {
      case WELCOME ->
          new ServerSays.Welcome(message.getWelcome().getName(), message.getWelcome().getJob());
      case PREPARE ->
          new ServerSays.Prepare(
              message.getPrepare().getPlan(), set(message.getPrepare().getPartitionsList()));
      case PARAMETERS -> chunk(message.getParameters());
      case LEASE ->
          new ServerSays.Lease(
              message.getLease().getVersion(), set(message.getLease().getPartitionsList()));
      case EVALUATE ->
          new ServerSays.Evaluate(
              message.getEvaluate().getVersion(), set(message.getEvaluate().getSlicesList()));
      case FINISHED ->
          new ServerSays.Finished(
              message.getFinished().getCompleted(), message.getFinished().getMessage());
      default -> throw new LinkException("the server sent a message that is not known here");
    };
  }

  private static ServerSays chunk(Parameters parameters) {
    ServerSays.Kind kind =
        switch (parameters.getKind()) {
          case EVALUATION_POINT -> ServerSays.Kind.EVALUATION_POINT;
          case WEIGHTS -> ServerSays.Kind.WEIGHTS;
          default -> throw new LinkException("the server sent a vector of unknown kind");
        };
    return new ServerSays.Chunk(
        parameters.getVersion(),
        kind,
        parameters.getChunk(),
        parameters.getData().asReadOnlyByteBuffer());
  }

  private static BitSet set(List<Integer> elements) {
    BitSet set = new BitSet();
    for (int element : elements) {
      if (element < 0 || element >= MAX_PARTITIONS) {
        throw new LinkException("the server sent a partition that cannot be: " + element);
      }
      set.set(element);
    }
    return set;
  }

  @Override
  public void hello(String name, int threads) {
    send(
        WorkerMessage.newBuilder()
            .setHello(Hello.newBuilder().setProtocol(PROTOCOL).setName(name).setThreads(threads)));
  }

  @Override
  public void dataFound(long trainRows, long testRows, String arithmetic) {
    send(
        WorkerMessage.newBuilder()
            .setDataFound(
                DataFound.newBuilder()
                    .setTrainRows(trainRows)
                    .setTestRows(testRows)
                    .setArithmetic(arithmetic)));
  }

  @Override
  public void prepared(int plan) {
    send(WorkerMessage.newBuilder().setPrepared(Prepared.newBuilder().setPlan(plan)));
  }

  @Override
  public void contribution(int version, int node, Tally tally, Sums sums) {
    int parameters = sums.gradient().length;
    int width = 1 + sums.extra().length / parameters;
    Chunks chunks = Chunks.of(parameters, width);
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int from = chunks.from(chunk);
      int size = chunks.size(chunk);
      byte[] bytes = new byte[chunks.contributionSize(chunk) * Float.BYTES];
      FloatCodec.encode(sums.gradient(), from, size, bytes, 0);
      FloatCodec.encode(
          sums.extra(), from * (width - 1), size * (width - 1), bytes, size * Float.BYTES);
      send(
          WorkerMessage.newBuilder()
              .setContribution(
                  Contribution.newBuilder()
                      .setVersion(version)
                      .setNode(node)
                      .setChunk(chunk)
                      .setTally(message(tally))
                      .setData(UnsafeByteOperations.unsafeWrap(bytes))));
    }
  }

  @Override
  public void evaluated(int version, int slice, Tally tally) {
    send(
        WorkerMessage.newBuilder()
            .setEvaluated(
                Evaluated.newBuilder()
                    .setVersion(version)
                    .setSlice(slice)
                    .setTally(message(tally))));
  }

  private static io.cordee.proto.v1.Tally message(Tally tally) {
    return io.cordee.proto.v1.Tally.newBuilder()
        .setRows(tally.rows())
        .setLossSum(tally.lossSum())
        .setCorrect(tally.correct())
        .setWithin(tally.within())
        .build();
  }

  @Override
  public void failure(String message) {
    send(WorkerMessage.newBuilder().setFailure(Failure.newBuilder().setMessage(message)));
  }

  @Override
  public void goodbye() {
    synchronized (lock) {
      if (sending == Sending.OPEN) {
        toServer.onNext(
            WorkerMessage.newBuilder().setGoodbye(Goodbye.getDefaultInstance()).build());
        toServer.onCompleted();
        stopSending(Sending.LEFT);
      }
    }
  }

  private void send(WorkerMessage.Builder message) {
    WorkerMessage built = message.build();
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
        toServer.onNext(built);
      }
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
