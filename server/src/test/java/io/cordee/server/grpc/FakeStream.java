package io.cordee.server.grpc;

import io.cordee.proto.v1.ServerMessage;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A worker's end of a stream: takes messages while it is ready. */
class FakeStream extends ServerCallStreamObserver<ServerMessage> {

  final List<ServerMessage> written = new ArrayList<>();
  boolean isReady = true;
  int requested;
  Optional<Status> end = Optional.empty();
  Runnable onReady = () -> {};
  Runnable onCancel = () -> {};

  @Override
  public boolean isReady() {
    return isReady;
  }

  @Override
  public void onNext(ServerMessage message) {
    if (!isReady) {
      throw new AssertionError("written to a stream that is not ready");
    }
    written.add(message);
  }

  @Override
  public void onError(Throwable cause) {
    end = Optional.of(Status.fromThrowable(cause));
  }

  @Override
  public void onCompleted() {
    end = Optional.of(Status.OK);
  }

  @Override
  public void request(int count) {
    requested += count;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    onCancel = handler;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setCompression(String compression) {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void disableAutoRequest() {}
}
