package io.cordee.server.grpc;

import io.cordee.server.connection.Lobby;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Closes streams on which nothing is said at first; tells the lobby of the others. */
record HelloDeadline(Duration silence, ScheduledExecutorService timer, Lobby lobby)
    implements ServerInterceptor {

  private enum State {
    SILENT,
    HEARD,
    EXPIRED
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Awaited<Q> awaited =
        new Awaited<>(next.startCall(call, headers), () -> lobby.isBusy(Peer.address(call)));
    awaited.expiry =
        timer.schedule(() -> expire(call, awaited), silence.toMillis(), TimeUnit.MILLISECONDS);
    return awaited;
  }

  private void expire(ServerCall<?, ?> call, Awaited<?> awaited) {
    if (awaited.become(State.EXPIRED)) {
      String why = "a stream begins with hello; nothing was said within " + seconds() + " s";
      try {
        Peer.refuse(call, Status.DEADLINE_EXCEEDED, why);
      } catch (IllegalStateException e) {
        // The service has refused it just now.
      }
    }
  }

  private String seconds() {
    return Double.toString(silence.toMillis() / 1000.0).replaceAll("\\.0$", "");
  }

  /** Either something comes from the peer, or the time is up: a call is not closed twice. */
  private static final class Awaited<Q> extends SimpleForwardingServerCallListener<Q> {

    private final AtomicReference<State> state = new AtomicReference<>(State.SILENT);
    private final Runnable onHeard;
    private volatile ScheduledFuture<?> expiry;

    Awaited(ServerCall.Listener<Q> listener, Runnable onHeard) {
      super(listener);
      this.onHeard = onHeard;
    }

    boolean become(State next) {
      return state.compareAndSet(State.SILENT, next);
    }

    private boolean isInTime() {
      if (become(State.HEARD) && expiry != null) {
        expiry.cancel(false);
      }
      return state.get() == State.HEARD;
    }

    @Override
    public void onMessage(Q message) {
      if (state.get() == State.SILENT) {
        onHeard.run();
      }
      if (isInTime()) {
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      if (isInTime()) {
        super.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      isInTime();
      super.onCancel();
    }

    @Override
    public void onComplete() {
      isInTime();
      super.onComplete();
    }
  }
}
