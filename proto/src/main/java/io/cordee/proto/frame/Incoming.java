package io.cordee.proto.frame;

import io.cordee.proto.connection.Connections;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.util.Optional;

/**
 * What a client has sent: a message, or why it could not be parsed. A parser that throws would end
 * the call as if the server had failed, with a stack trace in its log.
 */
record Incoming<M>(Optional<M> message, Status refusal) {

  private static final class Parser<M> implements Marshaller<Incoming<M>> {

    private final Marshaller<M> marshaller;

    Parser(Marshaller<M> marshaller) {
      this.marshaller = marshaller;
    }

    @Override
    public InputStream stream(Incoming<M> incoming) {
      throw new UnsupportedOperationException("a server does not send requests");
    }

    @Override
    public Incoming<M> parse(InputStream in) {
      try {
        return new Incoming<>(Optional.of(marshaller.parse(in)), Status.OK);
      } catch (StatusRuntimeException e) {
        Status status = e.getStatus();
        return new Incoming<>(
            Optional.empty(),
            status.getCode() == Status.Code.INTERNAL
                ? Status.INVALID_ARGUMENT.withDescription(
                    status.getDescription() + Connections.SAME_VERSION)
                : status);
      }
    }
  }

  /**
   * A method whose body learns of a message that cannot be parsed by {@link
   * StreamObserver#onError}, with a status other than CANCELLED. It has to end the stream, best
   * with this status; more messages may arrive before it does.
   */
  static <Q, A> ServerMethodDefinition<Incoming<Q>, A> method(
      MethodDescriptor<Q, A> method, ServerCalls.BidiStreamingMethod<Q, A> body) {
    return ServerMethodDefinition.create(
        method.toBuilder(
                new Parser<>(method.getRequestMarshaller()), method.getResponseMarshaller())
            .build(),
        ServerCalls.asyncBidiStreamingCall(toClient -> parsed(body.invoke(toClient))));
  }

  private static <Q> StreamObserver<Incoming<Q>> parsed(StreamObserver<Q> inbound) {
    return new StreamObserver<>() {
      @Override
      public void onNext(Incoming<Q> incoming) {
        if (incoming.message().isPresent()) {
          inbound.onNext(incoming.message().get());
        } else {
          inbound.onError(incoming.refusal().asRuntimeException());
        }
      }

      @Override
      public void onError(Throwable cause) {
        inbound.onError(cause);
      }

      @Override
      public void onCompleted() {
        inbound.onCompleted();
      }
    };
  }
}
