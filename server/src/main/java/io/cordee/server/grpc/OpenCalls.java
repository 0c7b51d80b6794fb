package io.cordee.server.grpc;

import io.cordee.proto.security.Refusals;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Counts the calls that are open, by what they have in common, and refuses those beyond a limit.
 */
final class OpenCalls implements ServerInterceptor {

  private final int most;
  private final Predicate<ServerCall<?, ?>> counts;
  private final Function<ServerCall<?, ?>, Object> key;
  private final String why;
  private final Refusals refusals;
  private final Map<Object, Integer> open = new ConcurrentHashMap<>();

  /**
   * @param counts which calls are counted; others pass
   * @param key what calls have in common that are counted together
   * @param why for the peer: what there are too many of, and what to do
   */
  OpenCalls(
      int most,
      Predicate<ServerCall<?, ?>> counts,
      Function<ServerCall<?, ?>, Object> key,
      String why,
      Refusals refusals) {
    this.most = most;
    this.counts = counts;
    this.key = key;
    this.why = why;
    this.refusals = refusals;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (!counts.test(call)) {
      return next.startCall(call, headers);
    }
    Object group = key.apply(call);
    if (open.merge(group, 1, Integer::sum) > most) {
      release(group);
      refusals.refused(Peer.address(call), why);
      return Peer.refuse(call, Status.RESOURCE_EXHAUSTED.withDescription(why));
    }
    try {
      return new Counted<>(next.startCall(call, headers), group);
    } catch (RuntimeException | Error e) {
      release(group);
      throw e;
    }
  }

  private void release(Object group) {
    open.computeIfPresent(group, (same, count) -> count == 1 ? null : count - 1);
  }

  /** Gives its place back when the call is over, however it ends. */
  private final class Counted<Q> extends SimpleForwardingServerCallListener<Q> {

    private final Object group;
    private final AtomicBoolean isOver = new AtomicBoolean();

    Counted(ServerCall.Listener<Q> listener, Object group) {
      super(listener);
      this.group = group;
    }

    private void end() {
      if (isOver.compareAndSet(false, true)) {
        release(group);
      }
    }

    @Override
    public void onComplete() {
      end();
      super.onComplete();
    }

    @Override
    public void onCancel() {
      end();
      super.onCancel();
    }
  }
}
