package io.cordee.server.grpc;

import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.ShardMessage;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** A shard's stream on shard 0, from its hello to its end. Several threads write to it. */
abstract class ShardStream implements StreamObserver<ShardMessage> {

  private final StreamObserver<LeadMessage> toShard;

  /** Guarded by this monitor. */
  private boolean isClosed;

  ShardStream(StreamObserver<LeadMessage> toShard) {
    this.toShard = toShard;
    ServerCallStreamObserver<LeadMessage> call = (ServerCallStreamObserver<LeadMessage>) toShard;
    call.setOnCancelHandler(this::close);
    call.setOnCloseHandler(this::close);
  }

  /** The stream has ended, for whatever reason; may be called more than once. */
  abstract void gone();

  synchronized boolean isOpen() {
    return !isClosed;
  }

  synchronized void say(LeadMessage.Builder message) {
    if (!isClosed) {
      toShard.onNext(message.build());
    }
  }

  /** Ends the stream with a status that the shard sees; what it says besides is not heard. */
  final void end(Status status) {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      if (status.isOk()) {
        toShard.onCompleted();
      } else {
        toShard.onError(status.asRuntimeException());
      }
    }
    gone();
  }

  @Override
  public void onError(Throwable cause) {
    Status status = Status.fromThrowable(cause);
    if (status.getCode() == Status.Code.CANCELLED) {
      close();
    } else {
      end(status);
    }
  }

  @Override
  public void onCompleted() {
    end(Status.OK);
  }

  private void close() {
    synchronized (this) {
      isClosed = true;
    }
    gone();
  }
}
