package io.cordee.worker.link;

import com.google.protobuf.ByteString;
import io.cordee.common.reduce.Shard;
import io.cordee.proto.message.JobEnd;
import io.cordee.proto.message.Numbers;
import io.cordee.proto.v1.Evaluate;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Permit;
import io.cordee.proto.v1.Prepare;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import java.util.BitSet;
import java.util.List;

/** Messages of a server, for tests. */
public final class Says {

  private Says() {}

  public static ServerMessage welcome(String name, String job, Shard shard, List<String> others) {
    return ServerMessage.newBuilder()
        .setWelcome(
            Welcome.newBuilder()
                .setName(name)
                .setJob(job)
                .setShard(shard.number())
                .setShards(shard.count())
                .addAllOthers(others))
        .build();
  }

  public static ServerMessage permit(byte... sealed) {
    return ServerMessage.newBuilder()
        .setPermit(Permit.newBuilder().setSealed(ByteString.copyFrom(sealed)))
        .build();
  }

  public static ServerMessage prepare(int plan, BitSet partitions) {
    return ServerMessage.newBuilder()
        .setPrepare(Prepare.newBuilder().setPlan(plan).addAllPartitions(Numbers.list(partitions)))
        .build();
  }

  public static ServerMessage lease(int version, BitSet partitions) {
    return ServerMessage.newBuilder()
        .setLease(Lease.newBuilder().setVersion(version).addAllPartitions(Numbers.list(partitions)))
        .build();
  }

  public static ServerMessage evaluate(int version, BitSet slices) {
    return ServerMessage.newBuilder()
        .setEvaluate(Evaluate.newBuilder().setVersion(version).addAllSlices(Numbers.list(slices)))
        .build();
  }

  public static ServerMessage finished(JobEnd how, String message) {
    return ServerMessage.newBuilder().setFinished(how.finished(message)).build();
  }
}
