package io.cordee.worker.grpc;

import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import java.util.List;
import java.util.Optional;

/**
 * What can be said of a server's message without knowing the job. Whether chunks, partitions and
 * slices are those of the job is checked where they are used.
 */
final class ServerMessageCheck {

  private static final int MOST_PARTITIONS = 1 << 20;

  private ServerMessageCheck() {}

  /** What is wrong with a message; empty if nothing is. */
  static Optional<String> misfit(ServerMessage message) {
    return switch (message.getBodyCase()) {
      case WELCOME -> misfit(message.getWelcome());
      case PREPARE ->
          units(message.getPrepare().getPartitionsList())
              .or(() -> atLeast(1, message.getPrepare().getPlan(), "plan"));
      case PARAMETERS -> misfit(message.getParameters());
      case LEASE ->
          units(message.getLease().getPartitionsList())
              .or(() -> atLeast(0, message.getLease().getVersion(), "version"));
      case EVALUATE ->
          units(message.getEvaluate().getSlicesList())
              .or(() -> atLeast(0, message.getEvaluate().getVersion(), "version"));
      case FINISHED -> Optional.empty();
      default -> Optional.of("a message that is not known here");
    };
  }

  private static Optional<String> misfit(Welcome welcome) {
    int shards = Math.max(1, welcome.getShards());
    return welcome.getShards() < 0 || welcome.getShard() < 0 || welcome.getShard() >= shards
        ? Optional.of("it says that it is shard " + welcome.getShard() + "/" + welcome.getShards())
        : Optional.empty();
  }

  private static Optional<String> misfit(Parameters parameters) {
    if (parameters.getKind() == Parameters.Kind.UNRECOGNIZED) {
      return Optional.of("a vector of unknown kind " + parameters.getKindValue());
    }
    return atLeast(0, parameters.getVersion(), "version")
        .or(() -> atLeast(0, parameters.getChunk(), "chunk"))
        .or(() -> atLeast(0, parameters.getPart(), "part"));
  }

  private static Optional<String> atLeast(int least, int found, String what) {
    return found < least ? Optional.of("a " + what + " of " + found) : Optional.empty();
  }

  private static Optional<String> units(List<Integer> units) {
    for (int unit : units) {
      if (unit < 0 || unit >= MOST_PARTITIONS) {
        return Optional.of("a partition that cannot be: " + unit);
      }
    }
    return Optional.empty();
  }
}
