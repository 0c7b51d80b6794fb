package io.cordee.server;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What the other side of a stream says, and how it ends. */
final class Heard<T> implements StreamObserver<T> {

  private static final int PATIENCE_SECONDS = 20;

  private record Item<T>(T message, Status end) {}

  private final BlockingQueue<Item<T>> items = new LinkedBlockingQueue<>();

  /** Asks which services there are. */
  static Heard<ServerReflectionResponse> services(ManagedChannel channel) {
    Heard<ServerReflectionResponse> heard = new Heard<>();
    var ask = ServerReflectionGrpc.newStub(channel).serverReflectionInfo(heard);
    ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    ask.onCompleted();
    return heard;
  }

  T next() {
    Item<T> next = poll();
    if (next.end != null) {
      throw new AssertionError("expected a message; the stream has ended with " + next.end);
    }
    return next.message;
  }

  /** Earlier messages are skipped. */
  Status end() {
    Item<T> next = poll();
    while (next.end == null) {
      next = poll();
    }
    return next.end;
  }

  /** Whether the next is a message. */
  boolean goesOn() {
    return poll().end == null;
  }

  boolean isSilentFor(int millis) throws InterruptedException {
    return items.poll(millis, TimeUnit.MILLISECONDS) == null;
  }

  private Item<T> poll() {
    try {
      Item<T> next = items.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing was heard for " + PATIENCE_SECONDS + " s");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void onNext(T message) {
    items.add(new Item<>(message, null));
  }

  @Override
  public void onError(Throwable cause) {
    items.add(new Item<>(null, Status.fromThrowable(cause)));
  }

  @Override
  public void onCompleted() {
    items.add(new Item<>(null, Status.OK));
  }
}
