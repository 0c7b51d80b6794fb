package io.cordee.server.grpc;

import com.google.protobuf.ByteString;
import io.cordee.common.wire.FloatCodec;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.v1.Apply;
import io.cordee.proto.v1.Collect;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.LeadWelcome;
import io.cordee.proto.v1.SendWeights;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.RoundOrder;
import io.cordee.server.training.Shards;
import io.cordee.server.training.SynchronousTraining;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** The other shards as gRPC streams, on shard 0. */
public final class ShardStreams implements Shards {

  private final String job;
  private final int shards;
  private final int version;
  private final Executor later;
  private final Map<Integer, StreamObserver<LeadMessage>> streams = new ConcurrentHashMap<>();
  private Optional<Consumer<Consumer<SynchronousTraining>>> runner = Optional.empty();

  /**
   * @param job as resolved YAML
   * @param shards how many there are, this one with them
   * @param version where they begin
   * @param later runs one thing at a time, on a thread of its own
   */
  public ShardStreams(String job, int shards, int version, Executor later) {
    this.job = job;
    this.shards = shards;
    this.version = version;
    this.later = later;
  }

  /** Says how things are done with the training, before the first stream is opened. */
  public void runBy(Consumer<Consumer<SynchronousTraining>> run) {
    runner = Optional.of(run);
  }

  private void run(Consumer<SynchronousTraining> action) {
    // Apart from the stream's thread: what it leads to may be sent to this very stream.
    later.execute(() -> runner.orElseThrow().accept(action));
  }

  StreamObserver<ShardMessage> open(StreamObserver<LeadMessage> toShard) {
    ServerCallStreamObserver<LeadMessage> stream = (ServerCallStreamObserver<LeadMessage>) toShard;
    Inbound inbound = new Inbound(toShard);
    stream.setOnCancelHandler(inbound::gone);
    stream.setOnCloseHandler(inbound::gone);
    return inbound;
  }

  private final class Inbound implements StreamObserver<ShardMessage> {

    private final StreamObserver<LeadMessage> toShard;
    private Optional<Integer> number = Optional.empty();

    Inbound(StreamObserver<LeadMessage> toShard) {
      this.toShard = toShard;
    }

    @Override
    public void onNext(ShardMessage message) {
      if (message.hasHello()) {
        hello(message.getHello());
        return;
      }
      if (number.isEmpty()) {
        refuse(Status.FAILED_PRECONDITION, "the first message is a shard's hello");
        return;
      }
      int shard = number.get();
      switch (message.getBodyCase()) {
        case STEPPED -> {
          long[] checksums =
              message.getStepped().getChecksumsList().stream().mapToLong(c -> c).toArray();
          int version = message.getStepped().getVersion();
          run(training -> training.shardStepped(shard, version, checksums));
        }
        case SQUARES -> {
          double[] squares =
              message.getSquares().getSquaresList().stream().mapToDouble(d -> d).toArray();
          run(training -> training.shardSquares(shard, squares));
        }
        case CHUNK -> {
          ByteString data = message.getChunk().getData();
          float[] values = new float[data.size() / Float.BYTES];
          FloatCodec.decode(data.asReadOnlyByteBuffer(), values, 0, values.length);
          run(
              training ->
                  training.shardWeights(
                      message.getChunk().getChunk(), values, message.getChunk().getChecksum()));
        }
        case FAILURE ->
            run(training -> training.shardFailed(shard, message.getFailure().getMessage()));
        default -> refuse(Status.INVALID_ARGUMENT, "a message that no shard sends");
      }
    }

    private void hello(ShardHello hello) {
      int shard = hello.getShard();
      Optional<String> refusal = refusal(hello, shards);
      if (refusal.isPresent()) {
        refuse(Status.FAILED_PRECONDITION, refusal.get());
      } else if (hello.getReadyAt() != version) {
        // It comes again when its chunks stand there.
        say(toShard, welcome(job, version, true));
        toShard.onCompleted();
      } else if (streams.putIfAbsent(shard, toShard) != null) {
        refuse(Status.ALREADY_EXISTS, "shard " + shard + "/" + shards + " is connected already");
      } else {
        number = Optional.of(shard);
        say(toShard, welcome(job, version, false));
      }
    }

    private void refuse(Status status, String description) {
      toShard.onError(status.withDescription(description).asRuntimeException());
    }

    @Override
    public void onError(Throwable cause) {
      gone();
    }

    @Override
    public void onCompleted() {
      gone();
      toShard.onCompleted();
    }

    private void gone() {
      number.ifPresent(
          shard -> {
            if (streams.remove(shard, toShard)) {
              run(training -> training.shardLost(shard));
            }
          });
    }
  }

  /** Why a shard is not one of this job's; empty if it is. */
  static Optional<String> refusal(ShardHello hello, int shards) {
    int shard = hello.getShard();
    if (hello.getProtocol() != Connections.PROTOCOL) {
      return Optional.of(
          "this server speaks protocol "
              + Connections.PROTOCOL
              + ", the shard "
              + hello.getProtocol()
              + "; run the same version of Cordee on both sides");
    }
    return hello.getShards() != shards || shard < 1 || shard >= shards
        ? Optional.of(
            "this is shard 0/" + shards + "; found shard " + shard + "/" + hello.getShards())
        : Optional.empty();
  }

  static LeadMessage.Builder welcome(String job, int version, boolean isForLater) {
    return LeadMessage.newBuilder()
        .setWelcome(LeadWelcome.newBuilder().setJob(job).setVersion(version).setAgain(isForLater));
  }

  /** Streams are not for several threads at once. */
  private static void say(StreamObserver<LeadMessage> toShard, LeadMessage.Builder message) {
    synchronized (toShard) {
      toShard.onNext(message.build());
    }
  }

  private void sayToAll(LeadMessage.Builder message) {
    streams.values().forEach(stream -> say(stream, message));
  }

  @Override
  public void apply(RoundOrder order) {
    Apply.Builder apply =
        Apply.newBuilder()
            .setVersion(order.version())
            .setMeanLoss(order.meanLoss())
            .setSeconds(order.seconds())
            .setKeep(order.isKept());
    order.norm().ifPresent(apply::setNorm);
    sayToAll(LeadMessage.newBuilder().setApply(apply));
  }

  @Override
  public void sendWeights(int version) {
    sayToAll(LeadMessage.newBuilder().setSendWeights(SendWeights.newBuilder().setVersion(version)));
  }

  @Override
  public void collect(int version) {
    sayToAll(LeadMessage.newBuilder().setCollect(Collect.newBuilder().setVersion(version)));
  }

  @Override
  public void finished(Outcome outcome) {
    sayToAll(
        LeadMessage.newBuilder()
            .setFinished(
                Finished.newBuilder()
                    .setCompleted(outcome instanceof Outcome.Completed)
                    .setInterrupted(outcome instanceof Outcome.Interrupted)
                    .setMessage(outcome.message())));
  }
}
