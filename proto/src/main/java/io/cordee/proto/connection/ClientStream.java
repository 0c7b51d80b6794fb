package io.cordee.proto.connection;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;

/**
 * The client side of a stream. Any thread may send. After {@link #finish} or the end of the stream,
 * messages are dropped.
 *
 * @param <A> received on the connection's own thread
 */
public abstract class ClientStream<Q, A> implements ClientResponseObserver<Q, A> {

  private enum Sending {
    OPEN,
    /** The last message has been sent. */
    FINISHED,
    ENDED
  }

  private final Object lock = new Object();
  private ClientCallStreamObserver<Q> toServer;

  /** Guarded by the lock. */
  private Sending sending = Sending.OPEN;

  /** The stream has ended; called once, after everything received, unless it is cancelled. */
  protected abstract void ended(Status status);

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> stream) {
    toServer = stream;
    stream.setOnReadyHandler(() -> become(Sending.OPEN));
  }

  @Override
  public final void onError(Throwable cause) {
    become(Sending.ENDED);
    ended(Status.fromThrowable(cause));
  }

  @Override
  public final void onCompleted() {
    become(Sending.ENDED);
    ended(Status.OK);
  }

  /** Wakes waiting threads. States only move forward. */
  private void become(Sending state) {
    synchronized (lock) {
      if (state.compareTo(sending) > 0) {
        sending = state;
      }
      lock.notifyAll();
    }
  }

  /** Asks for more messages, where that is not done automatically. */
  protected final void request(int messages) {
    toServer.request(messages);
  }

  /** Sends a short message, without waiting until the stream is ready. */
  public final void say(Q message) {
    synchronized (lock) {
      if (sending == Sending.OPEN) {
        toServer.onNext(message);
      }
    }
  }

  public final void sayIfReady(Q message) {
    synchronized (lock) {
      if (sending == Sending.OPEN && toServer.isReady()) {
        toServer.onNext(message);
      }
    }
  }

  /** Waits until the stream is ready; if interrupted while waiting, sends nothing. */
  public final void send(Q message) {
    synchronized (lock) {
      while (sending == Sending.OPEN && !toServer.isReady()) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
      say(message);
    }
  }

  /** Sends the last message, without waiting. */
  public final void finish(Q message) {
    synchronized (lock) {
      if (sending == Sending.OPEN) {
        toServer.onNext(message);
        toServer.onCompleted();
        become(Sending.FINISHED);
      }
    }
  }

  /** Returns whether the last message has been sent, and the stream has not ended yet. */
  public final boolean isFinished() {
    synchronized (lock) {
      return sending == Sending.FINISHED;
    }
  }

  /** Cancels the stream, with a reason for the other side. */
  public final void cancel(String why) {
    synchronized (lock) {
      if (sending != Sending.ENDED) {
        become(Sending.ENDED);
        toServer.cancel(why, null);
      }
    }
  }
}
