package io.cordee.proto.frame;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.net.SocketAddress;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Server and workers in one process: the same messages, without sockets or serialization.
 *
 * <p>A socket takes a message's data when it is sent. Here the receiver reads them, maybe rounds
 * later, so they are copied, once.
 */
public final class InProcess {

  private InProcess() {}

  /** A server on this address, without services yet. It handles messages on the client's thread. */
  public static ServerBuilder<?> server(SocketAddress address, ScheduledExecutorService timer) {
    return InProcessServerBuilder.forAddress(address)
        .directExecutor()
        .scheduledExecutorService(timer)
        .intercept(new SettlesAnswers());
  }

  /** {@code thread} handles what the server sends. */
  public static ManagedChannelBuilder<?> client(
      SocketAddress address, ScheduledExecutorService thread) {
    return InProcessChannelBuilder.forAddress(address)
        .executor(thread)
        .scheduledExecutorService(thread)
        .intercept(new SettlesRequests());
  }

  @SuppressWarnings("unchecked")
  private static <T> T settled(T message) {
    return message instanceof Frame<?> frame ? (T) frame.settled() : message;
  }

  private static final class SettlesAnswers implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(A message) {
              super.sendMessage(settled(message));
            }
          },
          headers);
    }
  }

  private static final class SettlesRequests implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void sendMessage(Q message) {
          super.sendMessage(settled(message));
        }
      };
    }
  }
}
