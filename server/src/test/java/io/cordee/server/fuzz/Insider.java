package io.cordee.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.ByteString;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.Contribution.Encoding;
import io.cordee.proto.v1.Differs;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Permit;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Tally;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.MadeUpJob;
import io.cordee.server.PlainWorker;
import io.cordee.server.Wire;
import io.cordee.server.fuzz.HostileStream.Reading;
import io.grpc.Status;
import java.util.Optional;
import java.util.Random;

/** A worker that behaves well until it is leased partitions. */
final class Insider {

  private final Random random;
  private final Target target;
  private final HostileStream stream;
  private final Lease lease;

  private Insider(Random random, Target target, HostileStream stream, Lease lease) {
    this.random = random;
    this.target = target;
    this.stream = stream;
    this.lease = lease;
  }

  static Insider join(Random random, Target target) throws InterruptedException {
    HostileStream stream = target.lead().train(Reading.ALWAYS);
    stream.say(Forge.hello("insider"));
    stream.say(Wire.rowChecksums(MadeUpJob.PARTITIONS + MadeUpJob.TEST_ROWS));
    stream.say(Forge.dataFound());
    long deadline = System.nanoTime() + HostileStream.PATIENCE_SECONDS * 1_000_000_000L;
    while (System.nanoTime() < deadline) {
      target.tempo().advance();
      Optional<ServerMessage> heard = stream.hear(5);
      if (heard.isPresent() && heard.get().hasPrepare()) {
        int plan = heard.get().getPrepare().getPlan();
        stream.say(Forge.message().setPrepared(Prepared.newBuilder().setPlan(plan)));
      } else if (heard.isPresent() && heard.get().hasLease()) {
        return new Insider(random, target, stream, heard.get().getLease());
      }
      assertFalse(stream.hasEnded(), "sent away though it behaves");
    }
    throw new AssertionError("an insider was not leased anything");
  }

  void offend() throws Exception {
    switch (random.nextInt(12)) {
      case 0 -> stream.cancel();
      case 1 -> {
        stream.halfClose();
        Attack.expectFitting(stream.end());
      }
      case 2 -> {
        stream.say(Forge.message().setGoodbye(Goodbye.getDefaultInstance()));
        stream.say(contribution());
        stream.halfClose();
        Attack.expectFitting(stream.end());
      }
      case 3 -> target.leaveOpenFor(stream, 50);
      default -> {
        stream.say(offence());
        Status status = stream.end();
        if (status.isOk()) {
          throw new AssertionError("an offence was not refused");
        }
        Attack.expectFitting(status);
      }
    }
  }

  private WorkerMessage.Builder offence() {
    WorkerMessage.Builder message = contribution();
    Contribution.Builder sum = message.getContributionBuilder();
    Tally.Builder tally = sum.getTallyBuilder();
    switch (random.nextInt(25)) {
      case 0 -> sum.setVersion(lease.getVersion() + 1);
      case 1 -> sum.setVersion(-1 - random.nextInt(9));
      case 2 -> sum.setVersion(Integer.MAX_VALUE);
      case 3 -> sum.setNode(1);
      case 4 -> sum.setNode(PlainWorker.leaf(anothers()));
      case 5 -> sum.setNode(-random.nextInt(3));
      case 6 -> sum.setNode(100 + random.nextInt(Integer.MAX_VALUE - 100));
      case 7 -> sum.setChunk(2 + random.nextInt(1 << 30));
      case 8 -> sum.setChunk(-1 - random.nextInt(1 << 30));
      case 9 -> sum.setData(ByteString.copyFrom(new byte[random.nextInt(Forge.LAST_CHUNK_BYTES)]));
      case 10 -> sum.setEncoding(Encoding.INT8);
      case 11 -> sum.setEncodingValue(77);
      case 12 -> sum.clearTally();
      case 13 -> tally.setRows(MadeUpJob.ROWS_PER_PARTITION + 1);
      case 14 -> tally.setRows(-1);
      case 15 -> tally.setRows(Long.MAX_VALUE);
      case 16 -> tally.setCorrect(MadeUpJob.ROWS_PER_PARTITION + 1);
      case 17 -> tally.setCorrect(-2);
      case 18 -> tally.setWithin(MadeUpJob.ROWS_PER_PARTITION + 1);
      case 19 -> message.setHello(Forge.hello("again").getHello());
      case 20 -> message.setDataFound(Forge.dataFound().getDataFound());
      case 21 -> message.setPermit(Permit.getDefaultInstance());
      case 22 -> message.setDiffers(Differs.newBuilder().setChunk(2 + random.nextInt(9)));
      case 23 -> sum.setChunks(random.nextBoolean() ? 2 : -1 - random.nextInt(9));
      default ->
          message.setEvaluated(
              Evaluated.newBuilder()
                  .setVersion(lease.getVersion())
                  .setSlice(random.nextInt(3))
                  .setTally(Tally.newBuilder().setRows(9).setCorrect(9)));
    }
    return message;
  }

  /** A contribution that it owes, valid but for the gradient. */
  private WorkerMessage.Builder contribution() {
    int chunk = target.isSharded() ? 0 : 1; // one that shard 0 owns
    return Forge.message()
        .setContribution(
            Contribution.newBuilder()
                .setVersion(lease.getVersion())
                .setNode(PlainWorker.leaf(lease.getPartitions(0)))
                .setChunk(chunk)
                .setTally(Tally.newBuilder().setRows(MadeUpJob.ROWS_PER_PARTITION).setLossSum(1))
                .setData(
                    ByteString.copyFrom(
                        new byte[chunk == 0 ? Forge.CHUNK_BYTES : Forge.LAST_CHUNK_BYTES])));
  }

  private int anothers() {
    for (int partition = 0; partition < MadeUpJob.PARTITIONS; partition++) {
      if (!lease.getPartitionsList().contains(partition)) {
        return partition;
      }
    }
    throw new AssertionError("it holds every partition");
  }
}
