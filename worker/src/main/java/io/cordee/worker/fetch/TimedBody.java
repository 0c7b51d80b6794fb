package io.cordee.worker.fetch;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of a response, taken piece by piece with a deadline for each; the HTTP client itself has
 * one for the headers alone. The client's threads put pieces in, one thread takes them out.
 */
final class TimedBody implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {

  private sealed interface Event {}

  private record Piece(List<ByteBuffer> buffers) implements Event {}

  private record End() implements Event {}

  private record Failure(Throwable cause) implements Event {}

  private record Start(Flow.Subscription subscription) implements Event {}

  private final Duration deadline;
  // At most one piece is asked for at a time, which bounds the queue.
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private Flow.Subscription subscription;

  TimedBody(Flow.Publisher<List<ByteBuffer>> body, Duration deadline)
      throws IOException, InterruptedException {
    this.deadline = deadline;
    body.subscribe(this);
    if (await() instanceof Start start) {
      subscription = start.subscription();
    } else {
      throw new IOException("the response had no body");
    }
  }

  /** The next piece; empty at the end. */
  Optional<List<ByteBuffer>> next() throws IOException, InterruptedException {
    subscription.request(1);
    Event event = await();
    if (event instanceof Failure failure) {
      throw new IOException(Reasons.of(failure.cause()), failure.cause());
    }
    return event instanceof Piece piece ? Optional.of(piece.buffers()) : Optional.empty();
  }

  private Event await() throws IOException, InterruptedException {
    Event event = events.poll(deadline.toMillis(), TimeUnit.MILLISECONDS);
    if (event == null) {
      throw new HttpTimeoutException("nothing came for " + deadline.toMillis() + " ms");
    }
    return event;
  }

  @Override
  public void onSubscribe(Flow.Subscription started) {
    events.add(new Start(started));
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    events.add(new Piece(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    events.add(new Failure(cause));
  }

  @Override
  public void onComplete() {
    events.add(new End());
  }

  /** Gives the connection up if it is still open. */
  @Override
  public void close() {
    subscription.cancel();
  }
}
