package io.cordee.server.grpc;

import io.cordee.proto.security.Refusals;
import io.cordee.proto.security.Token;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Lets those in who show the token. */
record TokenCheck(Token token, Refusals refusals) implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Token.Shown shown = token.shownIn(headers);
    if (shown == Token.Shown.THIS_TOKEN) {
      return next.startCall(call, headers);
    }
    String why =
        shown == Token.Shown.ANOTHER
            ? "the token is not this server's; give --token-file with the token that"
                + " the server was started with"
            : "this server requires a token; give --token-file with the one that the"
                + " server was started with";
    return Peer.refuse(call, Status.UNAUTHENTICATED, why, refusals);
  }
}
