package io.cordee.proto.frame;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/** {@code ParameterServer.Train}, in {@link Frame}s. */
public final class TrainMethod {

  static final MethodDescriptor<Frame<WorkerMessage>, Frame<ServerMessage>> METHOD =
      ParameterServerGrpc.getTrainMethod().toBuilder(
              new FrameMarshaller<>(
                  WorkerMessage.getDefaultInstance(),
                  WorkerMessage.CONTRIBUTION_FIELD_NUMBER,
                  m -> m.hasContribution() ? Optional.of(m.getContribution()) : Optional.empty()),
              new FrameMarshaller<>(
                  ServerMessage.getDefaultInstance(),
                  ServerMessage.PARAMETERS_FIELD_NUMBER,
                  m -> m.hasParameters() ? Optional.of(m.getParameters()) : Optional.empty()))
          .build();

  private TrainMethod() {}

  /**
   * This method in frames, and the one between shards as generated.
   *
   * <p>A message that cannot be parsed arrives at {@link StreamObserver#onError}, with a status
   * other than CANCELLED. The body has to end the stream, best with this status.
   */
  public static ServerServiceDefinition service(
      ServerCalls.BidiStreamingMethod<Frame<WorkerMessage>, Frame<ServerMessage>> train,
      ServerCalls.BidiStreamingMethod<ShardMessage, LeadMessage> follow) {
    var trainMethod =
        Incoming.method(
            METHOD,
            toClient -> {
              ((ServerCallStreamObserver<?>) toClient).setOnReadyThreshold(Connections.READY_BYTES);
              return train.invoke(toClient);
            });
    var followMethod = Incoming.method(ParameterServerGrpc.getFollowMethod(), follow);
    ServiceDescriptor descriptor =
        ServiceDescriptor.newBuilder(ParameterServerGrpc.SERVICE_NAME)
            .setSchemaDescriptor(ParameterServerGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(trainMethod.getMethodDescriptor())
            .addMethod(followMethod.getMethodDescriptor())
            .build();
    return ServerServiceDefinition.builder(descriptor)
        .addMethod(trainMethod)
        .addMethod(followMethod)
        .build();
  }

  /** The answer of a server without other shards. */
  public static StreamObserver<ShardMessage> noShards(StreamObserver<LeadMessage> toShard) {
    return ServerCalls.asyncUnimplementedStreamingCall(
        ParameterServerGrpc.getFollowMethod(), toShard);
  }

  /** Opens the stream; returns where the worker's messages go. */
  public static StreamObserver<Frame<WorkerMessage>> open(
      Channel channel, StreamObserver<Frame<ServerMessage>> fromServer) {
    return ClientCalls.asyncBidiStreamingCall(
        channel.newCall(METHOD, CallOptions.DEFAULT.withOnReadyThreshold(Connections.READY_BYTES)),
        fromServer);
  }
}
