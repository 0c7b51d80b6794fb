package io.cordee.server.grpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * The stream of a worker or a shard on this server, until either side ends it. Several threads
 * write to it.
 */
abstract class PeerStream<Q, A> implements StreamObserver<Q> {

  final ServerCallStreamObserver<A> toPeer;

  /** Guarded by this monitor. */
  private boolean isClosed;

  PeerStream(StreamObserver<A> toPeer) {
    this.toPeer = (ServerCallStreamObserver<A>) toPeer;
    this.toPeer.setOnCancelHandler(this::lost);
    // gRPC closes a call by itself if handling a message has failed.
    this.toPeer.setOnCloseHandler(this::lost);
  }

  /** The stream has ended, for whatever reason; called once. */
  abstract void gone();

  synchronized boolean isOpen() {
    return !isClosed;
  }

  synchronized void say(A message) {
    if (!isClosed) {
      toPeer.onNext(message);
    }
  }

  /** Ends the stream with a status that the peer sees; later messages are ignored. */
  void end(Status status) {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      if (status.isOk()) {
        toPeer.onCompleted();
      } else {
        toPeer.onError(status.asRuntimeException());
      }
    }
    gone();
  }

  private void lost() {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
    }
    gone();
  }

  @Override
  public final void onError(Throwable cause) {
    Status status = Status.fromThrowable(cause);
    if (status.getCode() == Status.Code.CANCELLED) {
      lost();
    } else {
      end(status);
    }
  }

  @Override
  public final void onCompleted() {
    end(Status.OK);
  }
}
