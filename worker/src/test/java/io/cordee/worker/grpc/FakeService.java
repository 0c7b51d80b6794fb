package io.cordee.worker.grpc;

import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A server that listens on the loopback interface and does what a test wants. It is written with
 * the generated code alone, and shows that the worker's frames are plain protobuf.
 */
final class FakeService extends ParameterServerGrpc.ParameterServerImplBase
    implements AutoCloseable {

  final BlockingQueue<WorkerMessage> heard = new LinkedBlockingQueue<>();

  /** Done when the worker has half-closed or was cut off. */
  final CompletableFuture<Void> halfClosed = new CompletableFuture<>();

  final CompletableFuture<ServerCallStreamObserver<ServerMessage>> stream =
      new CompletableFuture<>();

  private final int readsAtFirst;
  private final Server server;
  private final int port;

  private FakeService(int port, int readsAtFirst) throws IOException {
    this.readsAtFirst = readsAtFirst;
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    server = NettyServerBuilder.forAddress(address).addService(this).build().start();
    this.port = server.getPort();
  }

  static FakeService start() throws IOException {
    return new FakeService(0, Integer.MAX_VALUE);
  }

  static FakeService startAt(int port) throws IOException {
    return new FakeService(port, Integer.MAX_VALUE);
  }

  /** Reads nothing until {@code stream.request} is called. */
  static FakeService startDeaf() throws IOException {
    return new FakeService(0, 0);
  }

  int port() {
    return port;
  }

  @Override
  public StreamObserver<WorkerMessage> train(StreamObserver<ServerMessage> toWorker) {
    var call = (ServerCallStreamObserver<ServerMessage>) toWorker;
    call.disableAutoRequest();
    call.setOnCancelHandler(() -> halfClosed.complete(null));
    if (readsAtFirst > 0) {
      call.request(readsAtFirst);
    }
    stream.complete(call);
    return new StreamObserver<>() {
      @Override
      public void onNext(WorkerMessage message) {
        heard.add(message);
      }

      @Override
      public void onError(Throwable cause) {
        halfClosed.complete(null);
      }

      @Override
      public void onCompleted() {
        halfClosed.complete(null);
        call.onCompleted();
      }
    };
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
