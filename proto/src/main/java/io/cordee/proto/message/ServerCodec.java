package io.cordee.proto.message;

import com.google.protobuf.ByteString;
import io.cordee.common.reduce.Shard;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.v1.Evaluate;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Permit;
import io.cordee.proto.v1.Prepare;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import java.util.BitSet;
import java.util.List;

/**
 * Writes and reads what a server says besides chunks. Reading checks what can be checked without
 * knowing the job; whether partitions and slices are those of the job is checked where they are
 * used.
 */
public final class ServerCodec {

  public static final int LONGEST_TEXT = 1000;
  private static final int MOST_PARTITIONS = 1 << 20;

  private ServerCodec() {}

  public static ServerMessage write(ServerSays said) {
    ServerMessage.Builder to = ServerMessage.newBuilder();
    if (said instanceof ServerSays.Welcome welcome) {
      to.setWelcome(
          Welcome.newBuilder()
              .setName(welcome.name())
              .setJob(welcome.job())
              .setShard(welcome.shard().number())
              .setShards(welcome.shard().count())
              .addAllOthers(welcome.others()));
    } else if (said instanceof ServerSays.Permit permit) {
      ByteString sealed = ByteString.copyFrom(permit.sealed().duplicate());
      to.setPermit(Permit.newBuilder().setSealed(sealed));
    } else if (said instanceof ServerSays.Prepare prepare) {
      to.setPrepare(
          Prepare.newBuilder()
              .setPlan(prepare.plan())
              .addAllPartitions(list(prepare.partitions())));
    } else if (said instanceof ServerSays.Lease lease) {
      to.setLease(
          Lease.newBuilder()
              .setVersion(lease.version())
              .addAllPartitions(list(lease.partitions())));
    } else if (said instanceof ServerSays.Evaluate evaluate) {
      to.setEvaluate(
          Evaluate.newBuilder()
              .setVersion(evaluate.version())
              .addAllSlices(list(evaluate.slices())));
    } else if (said instanceof ServerSays.Finished finished) {
      to.setFinished(write(finished));
    } else {
      throw new IllegalStateException("no case for " + said);
    }
    return to.build();
  }

  public static Finished write(ServerSays.Finished finished) {
    return Finished.newBuilder()
        .setCompleted(finished.how() == JobEnd.COMPLETED)
        .setInterrupted(finished.how() == JobEnd.INTERRUPTED)
        .setMessage(finished.message())
        .build();
  }

  /**
   * Reads a message other than a chunk.
   *
   * @throws IllegalArgumentException if it is invalid
   */
  public static ServerSays read(ServerMessage message) {
    return switch (message.getBodyCase()) {
      case WELCOME ->
          new ServerSays.Welcome(
              OutsideText.name(message.getWelcome().getName()),
              message.getWelcome().getJob(),
              shard(message.getWelcome()),
              message.getWelcome().getOthersList().stream()
                  .map(address -> OutsideText.printable(address, LONGEST_TEXT))
                  .toList());
      case PERMIT -> new ServerSays.Permit(message.getPermit().getSealed().asReadOnlyByteBuffer());
      case PREPARE ->
          new ServerSays.Prepare(
              atLeast(1, message.getPrepare().getPlan(), "plan"),
              set(message.getPrepare().getPartitionsList()));
      case LEASE ->
          new ServerSays.Lease(
              atLeast(0, message.getLease().getVersion(), "version"),
              set(message.getLease().getPartitionsList()));
      case EVALUATE ->
          new ServerSays.Evaluate(
              atLeast(0, message.getEvaluate().getVersion(), "version"),
              set(message.getEvaluate().getSlicesList()));
      case FINISHED -> read(message.getFinished());
      default -> throw new IllegalArgumentException("unknown message");
    };
  }

  public static ServerSays.Finished read(Finished finished) {
    JobEnd how =
        finished.getCompleted()
            ? JobEnd.COMPLETED
            : finished.getInterrupted() ? JobEnd.INTERRUPTED : JobEnd.FAILED;
    return new ServerSays.Finished(how, OutsideText.printable(finished.getMessage(), LONGEST_TEXT));
  }

  private static Shard shard(Welcome welcome) {
    int shards = Math.max(1, welcome.getShards());
    if (welcome.getShards() < 0 || welcome.getShard() < 0 || welcome.getShard() >= shards) {
      throw new IllegalArgumentException(
          "it says that it is shard " + welcome.getShard() + "/" + welcome.getShards());
    }
    return new Shard(welcome.getShard(), shards);
  }

  /**
   * @throws IllegalArgumentException if a number is smaller
   */
  public static int atLeast(int least, int found, String what) {
    if (found < least) {
      throw new IllegalArgumentException("a " + what + " of " + found);
    }
    return found;
  }

  static BitSet set(List<Integer> elements) {
    BitSet set = new BitSet();
    for (int element : elements) {
      if (element < 0 || element >= MOST_PARTITIONS) {
        throw new IllegalArgumentException("there is no partition " + element);
      }
      set.set(element);
    }
    return set;
  }

  static List<Integer> list(BitSet set) {
    return set.stream().boxed().toList();
  }
}
