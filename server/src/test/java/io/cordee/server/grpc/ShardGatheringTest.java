package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.ServerMessage;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShardGatheringTest {

  private static final int CALLERS = 8;
  private static final long PATIENCE_SECONDS = 60;

  private static ShardGathering gathering() throws Exception {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return ShardGathering.listen(address, Gate.OPEN, "a job", 2, yaml -> true);
  }

  /** Workers and shards give up on any other status. */
  @Test
  void whoeverCallsWhileItClosesIsToldToComeAgain() throws Exception {
    Set<Status.Code> heard = ConcurrentHashMap.newKeySet();
    CountDownLatch calls = new CountDownLatch(CALLERS);
    ShardGathering gathering = gathering();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", gathering.port()).usePlaintext().build();
    List<Thread> callers = new ArrayList<>();
    try {
      for (int i = 0; i < CALLERS; i++) {
        Thread caller = new Thread(() -> callUntilClosed(channel, heard, calls), "caller-" + i);
        callers.add(caller);
        caller.start();
      }
      assertTrue(calls.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody answers");
      gathering.close();
    } finally {
      gathering.close();
      channel.shutdownNow();
    }
    for (Thread caller : callers) {
      caller.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    }
    assertEquals(Set.of(Status.Code.UNAVAILABLE), heard);
  }

  private static void callUntilClosed(
      ManagedChannel channel, Set<Status.Code> heard, CountDownLatch calls) {
    while (!channel.isShutdown()) {
      Status status = call(channel).join();
      if (channel.isShutdown()) {
        return; // The end of its own channel does not count.
      }
      heard.add(status.getCode());
      calls.countDown();
    }
  }

  private static CompletableFuture<Status> call(ManagedChannel channel) {
    CompletableFuture<Status> end = new CompletableFuture<>();
    ParameterServerGrpc.newStub(channel)
        .train(
            new StreamObserver<ServerMessage>() {
              @Override
              public void onNext(ServerMessage message) {
                end.complete(Status.OK);
              }

              @Override
              public void onError(Throwable cause) {
                end.complete(Status.fromThrowable(cause));
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
    return end.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
