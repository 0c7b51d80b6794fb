package io.cordee.server.grpc;

import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.team.WorkerId;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * One worker's connection. Everything but the gRPC callbacks, which only post to it, runs on the
 * training thread.
 *
 * <p>Back-pressure: a message is made and written only while the stream is ready, and {@value
 * #IN_FLIGHT} messages at most are asked of the worker ahead of their processing.
 */
final class WorkerStream {

  private static final int IN_FLIGHT = 8;

  private final ServerCallStreamObserver<ServerMessage> toWorker;
  private final GrpcTeam team;
  private final Deque<Outgoing> queue = new ArrayDeque<>();
  private Optional<WorkerId> worker = Optional.empty();
  private boolean isClosed;

  private WorkerStream(ServerCallStreamObserver<ServerMessage> toWorker, GrpcTeam team) {
    this.toWorker = toWorker;
    this.team = team;
  }

  static WorkerStream open(ServerCallStreamObserver<ServerMessage> toWorker, GrpcTeam team) {
    WorkerStream stream = new WorkerStream(toWorker, team);
    toWorker.disableAutoRequest();
    toWorker.setOnReadyHandler(() -> team.post(stream::drain));
    toWorker.setOnCancelHandler(() -> team.post(stream::lost));
    toWorker.request(IN_FLIGHT);
    return stream;
  }

  /** Where gRPC delivers what the worker says. */
  StreamObserver<WorkerMessage> inbound() {
    return new StreamObserver<>() {
      @Override
      public void onNext(WorkerMessage message) {
        team.post(() -> receive(message));
      }

      @Override
      public void onError(Throwable cause) {
        team.post(WorkerStream.this::lost);
      }

      @Override
      public void onCompleted() {
        team.post(WorkerStream.this::halfClosed);
      }
    };
  }

  Optional<WorkerId> worker() {
    return worker;
  }

  void identify(WorkerId id) {
    worker = Optional.of(id);
  }

  void send(Outgoing message) {
    queue.addLast(message);
    drain();
  }

  /** What has not been written is not needed any more. */
  void discardQueue() {
    queue.clear();
  }

  /** Ends the stream with an error that the worker sees. */
  void refuse(Status status) {
    if (!isClosed) {
      isClosed = true;
      queue.clear();
      toWorker.onError(status.asRuntimeException());
      team.closed(this);
    }
  }

  private void receive(WorkerMessage message) {
    if (isClosed) {
      return;
    }
    team.received(this, message);
    if (!isClosed) {
      toWorker.request(1);
    }
  }

  private void drain() {
    while (!isClosed && !queue.isEmpty() && toWorker.isReady()) {
      queue.removeFirst().message().ifPresent(toWorker::onNext);
    }
  }

  private void halfClosed() {
    if (!isClosed) {
      isClosed = true;
      queue.clear();
      toWorker.onCompleted();
      team.closed(this);
    }
  }

  private void lost() {
    if (!isClosed) {
      isClosed = true;
      queue.clear();
      team.closed(this);
    }
  }
}
