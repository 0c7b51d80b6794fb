package io.cordee.worker.grpc;

import io.cordee.common.text.OutOfMemory;
import io.cordee.proto.connection.ClientStream;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.worker.link.ChunkSink;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.LostLinkException;
import io.cordee.worker.link.NotReadyException;
import io.cordee.worker.link.RefusedException;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/**
 * What the server sends. Chunks are delivered on the stream's own thread; other messages wait to be
 * received. At most {@value #IN_FLIGHT} messages are requested ahead of their processing.
 */
final class ServerStream extends ClientStream<Frame<WorkerMessage>, Frame<ServerMessage>> {

  private static final int IN_FLIGHT = 8;

  private final String server;

  /** Messages, and failures to be thrown: a chunk that could not be put, the end of the stream. */
  private final BlockingQueue<Supplier<ServerMessage>> deliveries = new LinkedBlockingQueue<>();

  private volatile ChunkSink chunks =
      chunk ->
          read(
              () -> {
                throw new IllegalArgumentException("a chunk before it was asked for data");
              });

  ServerStream(String server) {
    this.server = server;
  }

  void deliverChunksTo(ChunkSink sink) {
    chunks = sink;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Frame<WorkerMessage>> stream) {
    super.beforeStart(stream);
    stream.disableAutoRequestWithInitial(IN_FLIGHT);
  }

  @Override
  public void onNext(Frame<ServerMessage> frame) {
    if (!frame.message().hasParameters()) {
      deliveries.add(() -> checked(frame.message()));
      return;
    }
    try {
      chunks.put(read(() -> ChunkReader.read(frame.message().getParameters(), frame.received())));
    } catch (RuntimeException e) {
      // The first failure is enough: the job ends with it.
      chunks = chunk -> {};
      deliveries.add(
          () -> {
            throw e;
          });
    }
    request(1);
  }

  @Override
  protected void ended(Status status) {
    deliveries.add(
        () -> {
          ended(status); // later calls fail too
          throw failure(status);
        });
  }

  /** As {@link io.cordee.worker.link.ServerLink#receive}. */
  ServerMessage receive() throws InterruptedException {
    return deliveries.take().get();
  }

  private ServerMessage checked(ServerMessage message) {
    request(1);
    return read(() -> ServerMessages.checked(message));
  }

  private <T> T read(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      throw new LinkException(
          "%s sent an invalid message: %s; run the same version of Cordee on both sides"
              .formatted(server, e.getMessage()));
    }
  }

  private LinkException failure(Status status) {
    return OutOfMemory.reason(status.getCause())
        .map(reason -> new LinkException("this worker is " + reason))
        .orElseGet(
            () ->
                Dial.isLost(status)
                    ? lost(why(status))
                    : switch (status.getCode()) {
                      case OK -> new LinkException(server + " ended the connection");
                      case INVALID_ARGUMENT -> new RefusedException(refused(status));
                      default -> new LinkException(refused(status));
                    });
  }

  private String refused(Status status) {
    return server + " refused this worker: " + why(status);
  }

  private LostLinkException lost(String why) {
    return why.equals(Connections.SHARDS_MISSING)
        ? new NotReadyException("could not join " + server + ": " + why)
        : new LostLinkException("lost the connection to " + server + ": " + why);
  }

  private static String why(Status status) {
    return ServerMessages.printable(Dial.reason(status));
  }
}
