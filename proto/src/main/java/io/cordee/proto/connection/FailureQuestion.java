package io.cordee.proto.connection;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks a channel that cannot connect for the reason. A channel tells it to calls alone, so one is
 * made; should there be a server by now, it is asked for its health.
 */
final class FailureQuestion {

  private static final Nothing NOTHING = new Nothing();

  private static final MethodDescriptor<Nothing, Nothing> CALL =
      MethodDescriptor.<Nothing, Nothing>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("grpc.health.v1.Health/Check")
          .setRequestMarshaller(NOTHING)
          .setResponseMarshaller(NOTHING)
          .build();

  private FailureQuestion() {}

  /** A message whose content does not matter. */
  private static final class Nothing implements MethodDescriptor.Marshaller<Nothing> {
    @Override
    public InputStream stream(Nothing value) {
      return new ByteArrayInputStream(new byte[0]);
    }

    @Override
    public Nothing parse(InputStream stream) {
      return this;
    }
  }

  static Status ask(ManagedChannel channel, Duration patience) {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS);
    try {
      ClientCalls.blockingUnaryCall(channel, CALL, options, NOTHING);
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }
}
