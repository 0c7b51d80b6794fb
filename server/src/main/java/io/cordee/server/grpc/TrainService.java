package io.cordee.server.grpc;

import io.cordee.proto.frame.Frame;
import io.cordee.proto.frame.TrainMethod;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.ShardMessage;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;

/** The service of the wire contract: one {@link WorkerStream} per worker's call. */
public final class TrainService {

  private TrainService() {}

  public static ServerServiceDefinition of(GrpcTeam team) {
    return of(team, TrainMethod::noShards);
  }

  /** That of shard 0 of several. */
  public static ServerServiceDefinition of(GrpcTeam team, ShardStreams shards) {
    return of(team, shards::open);
  }

  private static ServerServiceDefinition of(
      GrpcTeam team, ServerCalls.BidiStreamingMethod<ShardMessage, LeadMessage> follow) {
    return TrainMethod.service(
        toWorker ->
            WorkerStream.open((ServerCallStreamObserver<Frame<ServerMessage>>) toWorker, team)
                .inbound(),
        follow);
  }
}
