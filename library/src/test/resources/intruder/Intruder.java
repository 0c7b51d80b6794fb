package intruder;

import io.cordee.common.rule.Adam;
import io.cordee.server.ParameterServer;
import io.cordee.shaded.grpc.Grpc;
import io.cordee.worker.grpc.GrpcServerLink;

final class Intruder {}
