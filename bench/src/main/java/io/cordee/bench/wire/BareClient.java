package io.cordee.bench.wire;

import io.cordee.bench.process.Role;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/** The other side of {@link BareServer}: every answer is followed by the next message at once. */
public final class BareClient implements Role {

  private final byte[] message;
  private final StreamObserver<byte[]> toServer;
  private volatile int left;
  private volatile CountDownLatch done;

  /**
   * @param arguments the server's port and the length of a message
   */
  public BareClient(String[] arguments) {
    int port = Integer.parseInt(arguments[0]);
    message = new byte[Integer.parseInt(arguments[1])];
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .usePlaintext()
            .directExecutor()
            .build();
    toServer =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(BareStreams.method(), CallOptions.DEFAULT), new Answers());
  }

  private final class Answers implements StreamObserver<byte[]> {

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

  @Override
  public String greeting() {
    return "ready";
  }

  @Override
  public void run(int rounds) throws InterruptedException {
    left = rounds;
    done = new CountDownLatch(1);
    toServer.onNext(message);
    done.await();
  }
}
