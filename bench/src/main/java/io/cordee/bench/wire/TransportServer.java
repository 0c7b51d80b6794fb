package io.cordee.bench.wire;

import io.cordee.bench.process.Role;
import io.cordee.bench.process.TrivialWorker;
import io.cordee.common.job.WeightFormat;
import io.cordee.common.reduce.Chunks;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.frame.FloatPayload;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.frame.TrainMethod;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.Server;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;

/**
 * The wire path without the parameter server behind it: chunks go from the socket into a {@code
 * float[]} and from there back, as the server's own frames over the server's own gRPC settings.
 */
public final class TransportServer implements Role {

  private final int parameters;

  /** Takes the number of parameters, a multiple of 10. */
  public TransportServer(String[] arguments) {
    parameters = Integer.parseInt(arguments[0]);
  }

  @Override
  public String greeting() throws IOException {
    Server server =
        Connections.server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                TrainMethod.service(
                    toWorker -> new Echo((ServerCallStreamObserver<Frame<ServerMessage>>) toWorker),
                    TrainMethod::noShards))
            .build()
            .start();
    return "127.0.0.1:" + server.getPort();
  }

  private final class Echo implements StreamObserver<Frame<WorkerMessage>> {

    private final ServerCallStreamObserver<Frame<ServerMessage>> toWorker;
    private final Chunks chunks = Chunks.of(parameters, 1);
    private final float[] vector = new float[parameters];
    private final ArrayDeque<Frame<ServerMessage>> queue = new ArrayDeque<>();

    Echo(ServerCallStreamObserver<Frame<ServerMessage>> toWorker) {
      this.toWorker = toWorker;
      toWorker.setOnReadyHandler(this::drain);
    }

    @Override
    public void onNext(Frame<WorkerMessage> frame) {
      switch (frame.message().getBodyCase()) {
        case HELLO -> queue.add(Frame.of(welcome()));
        case ROW_CHECKSUMS -> {} // any rows will do
        case DATA_FOUND -> queue.add(Frame.of(lease(0)));
        case CONTRIBUTION -> {
          Contribution header = frame.message().getContribution();
          int last = header.getChunk() + header.getChunks() - 1;
          int from = chunks.from(header.getChunk());
          int size = chunks.to(last) - from;
          frame.received().read(vector, from, size);
          queue.add(
              new Frame<>(
                  ServerMessage.newBuilder()
                      .setParameters(
                          Parameters.newBuilder()
                              .setVersion(header.getVersion() + 1)
                              .setChunk(header.getChunk())
                              .setChunks(header.getChunks()))
                      .build(),
                  FloatPayload.of(vector, from, size)));
          if (last == chunks.count() - 1) {
            queue.add(Frame.of(lease(header.getVersion() + 1)));
          }
        }
        default -> throw new IllegalStateException("a trivial worker says no such thing");
      }
      drain();
    }

    private void drain() {
      while (!queue.isEmpty() && toWorker.isReady()) {
        toWorker.onNext(queue.removeFirst());
      }
    }

    @Override
    public void onError(Throwable cause) {
      // The worker has left.
    }

    @Override
    public void onCompleted() {
      // As above.
    }
  }

  private ServerMessage welcome() {
    String job = TrivialWorker.job(parameters, WeightFormat.FLOATS, 1);
    return ServerMessage.newBuilder().setWelcome(Welcome.newBuilder().setJob(job)).build();
  }

  private static ServerMessage lease(int version) {
    return ServerMessage.newBuilder()
        .setLease(Lease.newBuilder().setVersion(version).addPartitions(0))
        .build();
  }
}
