package io.cordee.server.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Counts open calls by what they have in common, and refuses those beyond a limit. */
final class OpenCalls implements ServerInterceptor {

  private final int most;
  private final Function<ServerCall<?, ?>, Optional<Object>> keyOf;
  private final String why;
  private final Map<Object, Integer> open = new ConcurrentHashMap<>();

  /**
   * @param keyOf what calls counted together have in common; empty if they are not counted
   * @param why for the peer: what there are too many of, and what to do
   */
  OpenCalls(int most, Function<ServerCall<?, ?>, Optional<Object>> keyOf, String why) {
    this.most = most;
    this.keyOf = keyOf;
    this.why = why;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Optional<Object> key = keyOf.apply(call);
    if (key.isEmpty()) {
      return next.startCall(call, headers);
    }
    Object group = key.get();
    if (open.merge(group, 1, Integer::sum) > most) {
      release(group);
      return Peer.refuse(call, Status.RESOURCE_EXHAUSTED, why);
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

  /** Gives its place back when the call is over: gRPC says so once, in one of two ways. */
  private final class Counted<Q> extends SimpleForwardingServerCallListener<Q> {

    private final Object group;

    Counted(ServerCall.Listener<Q> listener, Object group) {
      super(listener);
      this.group = group;
    }

    @Override
    public void onComplete() {
      release(group);
      super.onComplete();
    }

    @Override
    public void onCancel() {
      release(group);
      super.onCancel();
    }
  }
}
