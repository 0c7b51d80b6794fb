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
    return switch (token.shownIn(headers)) {
      case THIS_TOKEN -> next.startCall(call, headers);
      case ANOTHER ->
          refuse(
              call,
              "the token is not this server's; give --token-file with the token that"
                  + " the server was started with");
      case NONE ->
          refuse(
              call,
              "this server requires a token; give --token-file with the one that the"
                  + " server was started with");
    };
  }

  private <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, String why) {
    refusals.refused(Peer.address(call), why);
    return Peer.refuse(call, Status.UNAUTHENTICATED.withDescription(why));
  }
}
