package io.cordee.server.grpc;

import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** The service of the wire contract: one {@link WorkerStream} per call. */
public final class TrainService extends ParameterServerGrpc.ParameterServerImplBase {

  private final GrpcTeam team;

  public TrainService(GrpcTeam team) {
    this.team = team;
  }

  @Override
  public StreamObserver<WorkerMessage> train(StreamObserver<ServerMessage> toWorker) {
    return WorkerStream.open((ServerCallStreamObserver<ServerMessage>) toWorker, team).inbound();
  }
}
