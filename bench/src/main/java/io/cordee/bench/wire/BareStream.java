package io.cordee.bench.wire;

import io.cordee.bench.process.Role;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A gRPC stream that moves bytes as they are, in both directions, without Cordee's settings. */
final class BareStream {

  private static final String SERVICE = "cordee.bench.Bare";
  private static final MethodDescriptor<byte[], byte[]> METHOD =
      MethodDescriptor.<byte[], byte[]>newBuilder(new Bytes(), new Bytes())
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Exchange"))
          .build();

  private BareStream() {}

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A barrier: answers all clients when each has sent a message. */
  public static final class Barrier implements Role {

    private final int clients;
    private final List<StreamObserver<byte[]>> streams = new ArrayList<>();
    private int arrived;

    /** Takes the number of clients. */
    public Barrier(String[] arguments) {
      clients = Integer.parseInt(arguments[0]);
    }

    @Override
    public String greeting() throws IOException {
      Server server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .directExecutor()
              .addService(
                  ServerServiceDefinition.builder(SERVICE)
                      .addMethod(METHOD, ServerCalls.asyncBidiStreamingCall(this::open))
                      .build())
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

  /** The other side: every answer is followed by the next message at once. */
  public static final class Client implements Role, StreamObserver<byte[]> {

    private final byte[] message;
    private final StreamObserver<byte[]> toServer;
    private volatile int left;
    private volatile CountDownLatch done;

    /** Takes the server's port and the length of a message. */
    public Client(String[] arguments) {
      int port = Integer.parseInt(arguments[0]);
      message = new byte[Integer.parseInt(arguments[1])];
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
              .usePlaintext()
              .directExecutor()
              .build();
      toServer =
          ClientCalls.asyncBidiStreamingCall(channel.newCall(METHOD, CallOptions.DEFAULT), this);
    }

    @Override
    public void run(int rounds) throws InterruptedException {
      left = rounds;
      done = new CountDownLatch(1);
      toServer.onNext(message);
      done.await();
    }

    @Override
    public void onNext(byte[] answer) {
      left--; // this thread alone writes it between rounds
      if (left > 0) {
        toServer.onNext(message);
      } else {
        done.countDown();
      }
    }

    @Override
    public void onError(Throwable cause) {
      System.err.println("the stream has failed: " + cause.getMessage());
      System.exit(1);
    }

    @Override
    public void onCompleted() {
      System.exit(1);
    }
  }
}
