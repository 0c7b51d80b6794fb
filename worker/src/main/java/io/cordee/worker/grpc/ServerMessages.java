package io.cordee.worker.grpc;

import io.cordee.common.text.OutsideText;
import io.cordee.proto.message.Numbers;
import io.cordee.proto.v1.Evaluate;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Prepare;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;

/**
 * Checks of what a server says besides chunks, as far as they need not know the job; whether
 * partitions and slices are those of the job is checked where they are used.
 */
final class ServerMessages {

  static final int LONGEST_TEXT = 1000;

  private ServerMessages() {}

  /**
   * Returns the message with its texts printable.
   *
   * @throws IllegalArgumentException if it is invalid
   */
  static ServerMessage checked(ServerMessage message) {
    return switch (message.getBodyCase()) {
      case WELCOME -> message.toBuilder().setWelcome(checked(message.getWelcome())).build();
      case FINISHED -> message.toBuilder().setFinished(checked(message.getFinished())).build();
      case PREPARE -> {
        Prepare prepare = message.getPrepare();
        atLeast(1, prepare.getPlan(), "plan");
        Numbers.set(prepare.getPartitionsList());
        yield message;
      }
      case LEASE -> {
        Lease lease = message.getLease();
        atLeast(0, lease.getVersion(), "version");
        Numbers.set(lease.getPartitionsList());
        yield message;
      }
      case EVALUATE -> {
        Evaluate evaluate = message.getEvaluate();
        atLeast(0, evaluate.getVersion(), "version");
        Numbers.set(evaluate.getSlicesList());
        yield message;
      }
      case PERMIT -> message;
      default -> throw new IllegalArgumentException("unknown message");
    };
  }

  /** Counts one shard where the server says nothing of shards. */
  private static Welcome checked(Welcome welcome) {
    int shards = Math.max(1, welcome.getShards());
    if (welcome.getShards() < 0 || welcome.getShard() < 0 || welcome.getShard() >= shards) {
      throw new IllegalArgumentException(
          "it says that it is shard " + welcome.getShard() + "/" + welcome.getShards());
    }
    Welcome.Builder checked =
        welcome.toBuilder()
            .setName(OutsideText.name(welcome.getName()))
            .setShards(shards)
            .clearOthers();
    welcome.getOthersList().forEach(other -> checked.addOthers(printable(other)));
    return checked.build();
  }

  private static Finished checked(Finished finished) {
    return finished.toBuilder().setMessage(printable(finished.getMessage())).build();
  }

  static String printable(String text) {
    return OutsideText.printable(text, LONGEST_TEXT);
  }

  /**
   * @throws IllegalArgumentException if a number is smaller
   */
  static int atLeast(int least, int found, String what) {
    if (found < least) {
      throw new IllegalArgumentException("a " + what + " of " + found);
    }
    return found;
  }
}
