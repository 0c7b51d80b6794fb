package intruder;

import io.cordee.common.optimizer.Adam;
import io.cordee.server.serving.ParameterServer;
import io.cordee.shaded.grpc.Grpc;
import io.cordee.worker.grpc.GrpcServerLink;

final class Intruder {}
