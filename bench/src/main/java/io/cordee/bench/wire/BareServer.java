package io.cordee.bench.wire;

import io.cordee.bench.process.Role;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** The bare gRPC stream with a barrier: answers all clients when each has sent a message. */
public final class BareServer implements Role {

  private final int clients;
  private final List<StreamObserver<byte[]>> streams = new ArrayList<>();
  private int arrived;

  /**
   * @param arguments the number of clients
   */
  public BareServer(String[] arguments) {
    clients = Integer.parseInt(arguments[0]);
  }

  @Override
  public String greeting() throws IOException {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(BareStreams.SERVICE)
            .addMethod(BareStreams.method(), ServerCalls.asyncBidiStreamingCall(this::open))
            .build();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(service)
            .build()
            .start();
    return Integer.toString(server.getPort());
  }

  private synchronized StreamObserver<byte[]> open(StreamObserver<byte[]> toClient) {
    streams.add(toClient);
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] message) {
        arrived(message);
      }

      @Override
      public void onError(Throwable cause) {
        // The client has left.
      }

      @Override
      public void onCompleted() {
        // As above.
      }
    };
  }

  private synchronized void arrived(byte[] message) {
    arrived++;
    if (arrived == clients) {
      arrived = 0;
      streams.forEach(stream -> stream.onNext(message));
    }
  }
}
