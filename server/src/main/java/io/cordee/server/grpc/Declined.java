package io.cordee.server.grpc;

import io.cordee.proto.connection.Connections;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** The stream of a worker or a shard that is sent away as it comes. */
final class Declined<Q, A> extends PeerStream<Q, A> {

  /** For workers that connect before all shards have. */
  static final Status RETRY = Status.UNAVAILABLE.withDescription(Connections.SHARDS_MISSING);

  Declined(StreamObserver<A> toPeer, Status why) {
    super(toPeer);
    end(why);
  }

  @Override
  public void onNext(Q message) {}

  @Override
  void gone() {}
}
