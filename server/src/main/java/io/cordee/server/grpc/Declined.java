package io.cordee.server.grpc;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** The stream of a worker that connects before all shards have; it is told to retry. */
final class Declined extends PeerStream<Frame<WorkerMessage>, Frame<ServerMessage>> {

  static final Status STATUS = Status.UNAVAILABLE.withDescription(Connections.SHARDS_MISSING);

  Declined(StreamObserver<Frame<ServerMessage>> toWorker) {
    super(toWorker);
    end(STATUS);
  }

  @Override
  public void onNext(Frame<WorkerMessage> frame) {}

  @Override
  void gone() {}
}
