package io.cordee.server;

import com.google.protobuf.ByteString;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Evaluate;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Tally;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A worker for the made-up job by generated code alone: the server speaks plain protobuf. */
public final class PlainWorker {

  private final Wire wire;

  /** To the shards from 1 on. */
  private final List<Wire> others;

  private final CompletableFuture<Void> leased = new CompletableFuture<>();
  private final Runnable gate;
  private final double loss;

  private PlainVectors vectors;

  private PlainWorker(Wire wire, List<Wire> others, Runnable gate, double loss) {
    this.wire = wire;
    this.others = others;
    this.gate = gate;
    this.loss = loss;
  }

  static PlainWorker on(Wire wire) {
    return new PlainWorker(wire, List.of(), () -> {}, 1);
  }

  static PlainWorker behind(CompletableFuture<Void> gate, Wire wire) {
    return new PlainWorker(wire, List.of(), gate::join, 1);
  }

  /** Runs {@code gate} before it computes a lease; {@code wires} go to all shards, in order. */
  public static PlainWorker paced(Runnable gate, List<Wire> wires) {
    return new PlainWorker(wires.get(0), wires.subList(1, wires.size()), gate, 1);
  }

  static PlainWorker withLoss(double loss, Wire wire) {
    return new PlainWorker(wire, List.of(), () -> {}, loss);
  }

  /** Completed by the first lease. */
  CompletableFuture<Void> leased() {
    return leased;
  }

  /** Works until the job is over, on its own thread. */
  public CompletableFuture<Finished> start(String name) {
    CompletableFuture<Finished> end = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                end.complete(run(name));
              } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
              }
            },
            "plain-worker-" + name);
    thread.setDaemon(true);
    thread.start();
    return end;
  }

  private Finished run(String name) {
    wire.say(Wire.hello(name));
    Welcome welcome = wire.hear().getWelcome();
    vectors = new PlainVectors(welcome.getJob());
    others.forEach(other -> other.greet(welcome.getName()));
    wire.say(
        message()
            .setDataFound(
                DataFound.newBuilder()
                    .setTrainRows(MadeUpJob.PARTITIONS * MadeUpJob.ROWS_PER_PARTITION)
                    .setTestRows(MadeUpJob.TEST_ROWS)));
    for (; ; ) {
      ServerMessage heard = wire.hear();
      switch (heard.getBodyCase()) {
        case PERMIT -> others.forEach(other -> other.say(message().setPermit(heard.getPermit())));
        case PREPARE ->
            wire.say(
                message().setPrepared(Prepared.newBuilder().setPlan(heard.getPrepare().getPlan())));
        case PARAMETERS -> vectors.keep(heard.getParameters());
        case LEASE -> {
          leased.complete(null);
          gate.run();
          compute(heard.getLease());
        }
        case EVALUATE -> evaluate(heard.getEvaluate());
        case FINISHED -> {
          leave(wire);
          others.forEach(PlainWorker::leave);
          return heard.getFinished();
        }
        default -> throw new AssertionError("unexpected: " + heard.getBodyCase());
      }
    }
  }

  static void leave(Wire wire) {
    wire.say(message().setGoodbye(Goodbye.getDefaultInstance()));
    wire.halfClose();
  }

  private void compute(Lease lease) {
    Chunks chunks = vectors.chunks();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      Wire owner = owner(chunk);
      while (vectors.at(lease.getVersion(), chunk).isEmpty()) {
        vectors.keep(owner.hear().getParameters());
      }
    }
    for (int partition : lease.getPartitionsList()) {
      // Alternately all chunks in one message, and one message for each.
      int most = others.isEmpty() && partition % 2 == 0 ? chunks.count() : 1;
      for (int first = 0; first < chunks.count(); first += most) {
        ByteString data = ByteString.EMPTY;
        for (int chunk = first; chunk < first + most; chunk++) {
          float[] point = vectors.at(lease.getVersion(), chunk).orElseThrow();
          data = data.concat(bytes(MadeUpJob.gradient(partition, point, chunks.from(chunk))));
        }
        owner(first)
            .say(
                message()
                    .setContribution(
                        Contribution.newBuilder()
                            .setVersion(lease.getVersion())
                            .setNode(leaf(partition))
                            .setChunk(first)
                            .setChunks(most == 1 ? 0 : most)
                            .setTally(
                                Tally.newBuilder()
                                    .setRows(MadeUpJob.ROWS_PER_PARTITION)
                                    .setLossSum(loss))
                            .setData(data)));
      }
    }
  }

  private Wire owner(int chunk) {
    for (int number = others.size(); number > 0; number--) {
      Shard shard = new Shard(number, others.size() + 1);
      if (chunk >= shard.firstChunk(vectors.chunks())) {
        return others.get(number - 1);
      }
    }
    return wire;
  }

  public static int leaf(int partition) {
    int node = 1;
    int from = 0;
    int to = MadeUpJob.PARTITIONS;
    while (to - from > 1) {
      int middle = from + (to - from + 1) / 2;
      if (partition < middle) {
        to = middle;
        node = 2 * node;
      } else {
        from = middle;
        node = 2 * node + 1;
      }
    }
    return node;
  }

  public static ByteString bytes(float... floats) {
    ByteBuffer buffer =
        ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(floats);
    return ByteString.copyFrom(buffer);
  }

  private void evaluate(Evaluate evaluate) {
    for (int slice : evaluate.getSlicesList()) {
      wire.say(
          message()
              .setEvaluated(
                  Evaluated.newBuilder()
                      .setVersion(evaluate.getVersion())
                      .setSlice(slice)
                      .setTally(Tally.newBuilder().setRows(1).setLossSum(1).setCorrect(1))));
    }
  }

  private static WorkerMessage.Builder message() {
    return WorkerMessage.newBuilder();
  }
}
