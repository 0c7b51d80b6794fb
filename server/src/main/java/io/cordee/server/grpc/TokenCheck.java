package io.cordee.server.grpc;

import io.cordee.proto.security.Refusals;
import io.cordee.proto.security.Token;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Optional;

/** Lets those in who show the token. */
record TokenCheck(Token token, Refusals refusals) implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Optional<String> refusal = token.refusal(headers);
    return refusal.isPresent()
        ? Peer.refuse(call, Status.UNAUTHENTICATED, refusal.get(), refusals)
        : next.startCall(call, headers);
  }
}
