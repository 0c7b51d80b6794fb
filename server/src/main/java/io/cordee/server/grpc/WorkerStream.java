package io.cordee.server.grpc;

import io.cordee.proto.frame.Frame;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.observe.Traffic;
import io.cordee.server.observe.Traffic.Encoding;
import io.cordee.server.team.WorkerId;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * One worker's connection. Any thread may queue messages; the caller of {@link #drain} writes them,
 * while the stream is ready.
 *
 * <p>Back-pressure: a message is built when it is written, so that a queue costs next to nothing,
 * and at most {@value Limits#IN_FLIGHT} messages of the worker are processed at a time. A worker
 * that lets the queue grow by several rounds is disconnected.
 */
final class WorkerStream extends PeerStream<Frame<WorkerMessage>, Frame<ServerMessage>> {

  private final GrpcTeam<?> team;
  private final int mostWaiting;
  private final Queue<Outgoing> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /** The partitions that it is leased, and the slices of the test rows that it is to evaluate. */
  final Asked partitions = new Asked("partitions");

  final Asked slices = new Asked("slices");

  final Holdings holdings;

  /** True once shard 0 has asked it to prepare partitions. */
  volatile boolean isPlanned;

  /** What it has said of its rows, before it says what data it finds; one message at a time. */
  final List<Long> sums = new ArrayList<>();

  private volatile Optional<WorkerId> worker = Optional.empty();
  private volatile Optional<Traffic.Line> line = Optional.empty();
  private volatile Optional<Status> refusal = Optional.empty();

  private final boolean isInside;

  /** Guarded by this stream's monitor, which is never held while the training is spoken to. */
  private boolean isDraining;

  /**
   * @param isInside whether the worker is in this process
   */
  WorkerStream(StreamObserver<Frame<ServerMessage>> toWorker, GrpcTeam<?> team, boolean isInside) {
    super(toWorker);
    this.isInside = isInside;
    this.team = team;
    this.mostWaiting = team.mostWaiting();
    this.holdings = team.holdings();
    toPeer.disableAutoRequest();
    toPeer.setOnReadyHandler(this::drain);
    toPeer.request(Limits.IN_FLIGHT);
  }

  @Override
  public void onNext(Frame<WorkerMessage> frame) {
    if (refusal.isEmpty()) {
      team.received(this, frame);
    }
  }

  boolean isInside() {
    return isInside;
  }

  Optional<WorkerId> worker() {
    return worker;
  }

  void identify(WorkerId id, Traffic.Line counted) {
    line = Optional.of(counted);
    worker = Optional.of(id);
  }

  /** Where bytes in both directions are counted, once the worker has said hello. */
  Traffic.Line line() {
    return line.orElseThrow();
  }

  private void send(Frame<ServerMessage> frame) {
    if (frame.message().hasParameters()) {
      Encoding encoding = encoding(frame.message().getParameters().getKind());
      int bytes = frame.payload().size();
      line.filter(counted -> !isInside).ifPresent(counted -> counted.sent(encoding, bytes));
    }
    toPeer.onNext(frame);
  }

  private static Encoding encoding(Parameters.Kind kind) {
    return switch (kind) {
      case SIGNS -> Encoding.SIGNS;
      case STATE -> Encoding.STATE;
      default -> Encoding.FLOAT32;
    };
  }

  void keep(LongBuffer checksums) {
    for (LongBuffer left = checksums.duplicate(); left.hasRemaining(); ) {
      sums.add(left.get());
    }
  }

  LongBuffer takeSums() {
    long[] all = sums.stream().mapToLong(Long::longValue).toArray();
    sums.clear();
    return LongBuffer.wrap(all);
  }

  int waiting() {
    return waiting.get();
  }

  boolean hasBeenAsked() {
    return partitions.hasAny() || slices.hasAny();
  }

  /** A message of the worker has been dealt with; it may send another. */
  void takeAnother() {
    toPeer.request(1);
  }

  /** Queues a message; disconnects a worker that does not read. */
  void enqueue(Outgoing message) {
    if (message.replacesOthersOfItsKind()) {
      discard(other -> other.getClass() == message.getClass());
    }
    queue.add(message);
    if (waiting.incrementAndGet() > mostWaiting) {
      refuse(
          Status.RESOURCE_EXHAUSTED.withDescription(
              mostWaiting
                  + " messages wait for this worker, which does not read them; is it overloaded?"));
    }
  }

  /** The job has ended: most of what has not been written is not needed any more. */
  void discardWhatTheEndOvertakes() {
    discard(message -> !message.isSentAfterTheEnd());
  }

  /** Those of this version, or all. */
  void discardChunks(OptionalInt version) {
    discard(
        message ->
            message instanceof Outgoing.Chunk chunk
                && (version.isEmpty() || version.getAsInt() == chunk.version()));
  }

  private void discard(Predicate<Outgoing> which) {
    queue.removeIf(
        message -> {
          boolean isDiscarded = which.test(message);
          if (isDiscarded) {
            waiting.decrementAndGet();
          }
          return isDiscarded;
        });
  }

  boolean isWaiting(Outgoing message) {
    return queue.contains(message);
  }

  /**
   * From the next {@link #drain} on the stream is closed, with a status that the worker sees. What
   * it has sent besides is not dealt with.
   */
  void refuse(Status status) {
    if (refusal.isEmpty()) {
      refusal = Optional.of(status);
    }
  }

  String whyEnded() {
    return refusal.map(Status::getDescription).orElse("the connection was lost");
  }

  /** Whether one of the two sides has meant it to end. */
  boolean isRefused() {
    return refusal.isPresent();
  }

  @Override
  void end(Status status) {
    refuse(status);
    drain();
  }

  /** Writes as much as the stream takes now. */
  synchronized void drain() {
    if (isDraining) {
      return;
    }
    isDraining = true;
    try {
      while (isOpen() && refusal.isEmpty() && toPeer.isReady()) {
        Outgoing next = queue.poll();
        if (next == null) {
          break;
        }
        waiting.decrementAndGet();
        withNeighbours(next).writeTo(this::send);
      }
      if (refusal.isPresent()) {
        super.end(refusal.get());
      }
    } finally {
      isDraining = false;
    }
  }

  /** What was taken from the queue, with what can share its message of what still waits. */
  private Outgoing withNeighbours(Outgoing first) {
    Outgoing all = first;
    for (Outgoing other : queue) {
      if (all.room() == 0 || other.getClass() != first.getClass()) {
        break;
      }
      Optional<Outgoing> both = all.with(other);
      // It may be discarded at the same time.
      if (both.isPresent() && queue.remove(other)) {
        waiting.decrementAndGet();
        all = both.get();
      }
    }
    return all;
  }

  @Override
  void gone() {
    queue.clear();
    team.closed(this);
  }
}
