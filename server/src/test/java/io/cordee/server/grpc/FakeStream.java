package io.cordee.server.grpc;

import io.cordee.proto.frame.Frame;
import io.cordee.proto.frame.TrainMethod;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.ServerMessage;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A worker's stream, writable while ready; generated code parses messages as they are written. */
class FakeStream extends ServerCallStreamObserver<Frame<ServerMessage>> {

  private static final MethodDescriptor.Marshaller<Frame<ServerMessage>> MARSHALLER = marshaller();

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
  public void onNext(Frame<ServerMessage> frame) {
    if (!isReady) {
      throw new AssertionError("written to a stream that is not ready");
    }
    try (InputStream bytes = MARSHALLER.stream(frame)) {
      written.add(ServerMessage.parseFrom(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static MethodDescriptor.Marshaller<Frame<ServerMessage>> marshaller() {
    MethodDescriptor<?, ?> train =
        TrainMethod.service(toWorker -> null, TrainMethod::noShards)
            .getMethod(ParameterServerGrpc.getTrainMethod().getFullMethodName())
            .getMethodDescriptor();
    return (MethodDescriptor.Marshaller<Frame<ServerMessage>>) train.getResponseMarshaller();
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
  public void setOnCloseHandler(Runnable handler) {
    // Only the caller learns of this stream's end.
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
