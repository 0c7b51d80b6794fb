package io.cordee.server.grpc;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.frame.TrainMethod;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The stream of a worker or a shard that is sent away as it comes. */
public final class Declined<Q, A> extends PeerStream<Q, A> {

  /** For workers that connect before all shards have. */
  static final Status RETRY = Status.UNAVAILABLE.withDescription(Connections.SHARDS_MISSING);

  private static final Duration FAREWELL = Duration.ofSeconds(1);

  Declined(StreamObserver<A> toPeer, Status why) {
    super(toPeer);
    end(why);
  }

  @Override
  public void onNext(Q message) {}

  @Override
  void gone() {}

  /** Listens for some seconds, only to tell shards why there is no job for them. */
  public static void shards(SocketAddress address, Gate gate, String why)
      throws InterruptedException {
    ScheduledExecutorService timer = Connections.thread("declined");
    Status status = Peer.unfit("%s", why).getStatus();
    Server server =
        gate.server(
            address,
            timer,
            TrainMethod.service(
                toWorker -> new Declined<>(toWorker, Declined.RETRY),
                toShard -> new Declined<>(toShard, status)),
            List.of(),
            List.of());
    try {
      server.start();
      TimeUnit.NANOSECONDS.sleep(Absentees.RETURN.toNanos());
    } catch (IOException e) {
      return; // another process listens there, and may have one
    } finally {
      Gate.shut(server, FAREWELL);
      timer.shutdownNow();
    }
  }
}
