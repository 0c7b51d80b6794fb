package io.cordee.server;

import com.google.protobuf.ByteString;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Evaluate;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Tally;
import io.cordee.proto.v1.WorkerMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A worker written from the wire contract and its generated code alone, for the made-up job: it
 * shows that the server's frames are plain protobuf. It sends every partition by itself.
 */
public final class PlainWorker {

  private final Wire wire;
  private final CompletableFuture<Void> leased = new CompletableFuture<>();
  private final Runnable gate;
  private final double loss;

  /** Version, then chunk. */
  private final Map<Integer, Map<Integer, float[]>> points = new HashMap<>();

  private PlainWorker(Wire wire, Runnable gate, double loss) {
    this.wire = wire;
    this.gate = gate;
    this.loss = loss;
  }

  /** One that works at once. */
  static PlainWorker on(Wire wire) {
    return new PlainWorker(wire, () -> {}, 1);
  }

  /** One that computes when the gate is open. */
  static PlainWorker behind(CompletableFuture<Void> gate, Wire wire) {
    return new PlainWorker(wire, gate::join, 1);
  }

  /** One that waits for this before it computes a lease. */
  public static PlainWorker paced(Runnable gate, Wire wire) {
    return new PlainWorker(wire, gate, 1);
  }

  /** One whose losses are these. */
  static PlainWorker withLoss(double loss, Wire wire) {
    return new PlainWorker(wire, () -> {}, loss);
  }

  /** Done when it has been asked to compute. */
  CompletableFuture<Void> leased() {
    return leased;
  }

  /** Works until the job is over, on a thread of its own. */
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
    wire.greet(name);
    wire.say(
        message()
            .setDataFound(
                DataFound.newBuilder()
                    .setTrainRows(MadeUpJob.PARTITIONS * MadeUpJob.ROWS_PER_PARTITION)
                    .setTestRows(MadeUpJob.TEST_ROWS)));
    for (; ; ) {
      ServerMessage heard = wire.hear();
      switch (heard.getBodyCase()) {
        case PREPARE ->
            wire.say(
                message().setPrepared(Prepared.newBuilder().setPlan(heard.getPrepare().getPlan())));
        case PARAMETERS -> keep(heard.getParameters());
        case LEASE -> {
          leased.complete(null);
          gate.run();
          compute(heard.getLease());
        }
        case EVALUATE -> evaluate(heard.getEvaluate());
        case FINISHED -> {
          wire.say(message().setGoodbye(Goodbye.getDefaultInstance()));
          wire.halfClose();
          return heard.getFinished();
        }
        default -> throw new AssertionError("unexpected: " + heard.getBodyCase());
      }
    }
  }

  private void keep(Parameters parameters) {
    float[] values = new float[parameters.getData().size() / Float.BYTES];
    parameters
        .getData()
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    points
        .computeIfAbsent(parameters.getVersion(), version -> new HashMap<>())
        .put(parameters.getChunk(), values);
    points.remove(parameters.getVersion() - 2);
  }

  private void compute(Lease lease) {
    Map<Integer, float[]> point = points.get(lease.getVersion());
    int chunkLength = point.get(0).length;
    for (int partition : lease.getPartitionsList()) {
      for (int chunk = 0; chunk < point.size(); chunk++) {
        float[] sums = MadeUpJob.gradient(partition, point.get(chunk), chunk * chunkLength);
        wire.say(
            message()
                .setContribution(
                    Contribution.newBuilder()
                        .setVersion(lease.getVersion())
                        .setNode(leaf(partition))
                        .setChunk(chunk)
                        .setTally(
                            Tally.newBuilder()
                                .setRows(MadeUpJob.ROWS_PER_PARTITION)
                                .setLossSum(loss))
                        .setData(bytes(sums))));
      }
    }
  }

  /** The node that holds a partition alone. */
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
