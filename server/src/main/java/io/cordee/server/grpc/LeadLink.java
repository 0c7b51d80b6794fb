package io.cordee.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.cordee.common.reduce.Shard;
import io.cordee.common.wire.FloatCodec;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.connection.ServerWait;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.ShardChunk;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardSquares;
import io.cordee.proto.v1.ShardStepped;
import io.cordee.server.shard.Follower;
import io.cordee.server.shard.Lead;
import io.cordee.server.shard.LeadException;
import io.cordee.server.training.Outcome;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The connection of a shard to shard 0, as one gRPC stream. */
public final class LeadLink implements Lead, AutoCloseable {

  private final String address;
  private final ManagedChannel channel;
  private final StreamObserver<ShardMessage> toLead;
  private final CompletableFuture<String> job = new CompletableFuture<>();
  private final CompletableFuture<Consumer<Consumer<Follower>>> follower =
      new CompletableFuture<>();
  private final Executor later;

  private LeadLink(ManagedChannel channel, String address, Executor later) {
    this.channel = channel;
    this.address = address;
    this.later = later;
    this.toLead = ParameterServerGrpc.newStub(channel).follow(new Inbound());
  }

  /**
   * Connects and says hello.
   *
   * @param later runs one thing at a time, on a thread of its own
   * @throws LeadException if there is no shard 0 within {@code patience}
   */
  public static LeadLink open(
      String host, int port, Shard shard, Duration patience, Runnable onWaiting, Executor later)
      throws InterruptedException {
    ManagedChannel channel = Connections.client(host, port).build();
    String address = host + ":" + port;
    try {
      new ServerWait(channel, address).await(patience, onWaiting);
    } catch (TimeoutException e) {
      channel.shutdownNow();
      throw new LeadException(e.getMessage());
    }
    LeadLink link = new LeadLink(channel, address, later);
    link.say(
        ShardMessage.newBuilder()
            .setHello(
                ShardHello.newBuilder()
                    .setProtocol(Connections.PROTOCOL)
                    .setShard(shard.number())
                    .setShards(shard.count())));
    return link;
  }

  /**
   * The job as YAML, as shard 0 tells it.
   *
   * @throws LeadException if it does not take this shard
   */
  public String job() throws InterruptedException {
    try {
      return job.get();
    } catch (ExecutionException e) {
      throw new LeadException(e.getCause().getMessage());
    }
  }

  /** From now on, what shard 0 says is done with the follower. */
  public void runBy(Consumer<Consumer<Follower>> run) {
    follower.complete(run);
  }

  private final class Inbound implements StreamObserver<LeadMessage> {

    @Override
    public void onNext(LeadMessage message) {
      switch (message.getBodyCase()) {
        case WELCOME -> job.complete(message.getWelcome().getJob());
        case APPLY -> {
          int version = message.getApply().getVersion();
          double norm = message.getApply().getNorm();
          run(f -> f.apply(version, norm));
        }
        case SEND_WEIGHTS -> run(f -> f.sendWeights(message.getSendWeights().getVersion()));
        case COLLECT -> run(f -> f.collect(message.getCollect().getVersion()));
        case FINISHED -> {
          String how = message.getFinished().getMessage();
          run(
              f ->
                  f.finished(
                      message.getFinished().getCompleted()
                          ? new Outcome.Completed(how)
                          : new Outcome.Failed(how)));
        }
        default -> onError(new LeadException("shard 0 sent a message that is not known here"));
      }
    }

    private void run(Consumer<Follower> action) {
      later.execute(() -> follower.join().accept(action));
    }

    @Override
    public void onError(Throwable cause) {
      Status status = Status.fromThrowable(cause);
      String why =
          switch (status.getCode()) {
            case UNAVAILABLE, CANCELLED -> "the connection to shard 0 at " + address + " is lost";
            default ->
                "shard 0 at "
                    + address
                    + " refuses this shard: "
                    + (status.getDescription() == null
                        ? status.getCode()
                        : status.getDescription());
          };
      if (!job.completeExceptionally(new LeadException(why))) {
        run(f -> f.finished(new Outcome.Failed(why)));
      }
    }

    @Override
    public void onCompleted() {
      onError(Status.CANCELLED.asRuntimeException());
    }
  }

  private synchronized void say(ShardMessage.Builder message) {
    toLead.onNext(message.build());
  }

  @Override
  public void squares(int version, double[] ofChunks) {
    ShardSquares.Builder squares = ShardSquares.newBuilder().setVersion(version);
    Arrays.stream(ofChunks).forEach(squares::addSquares);
    say(ShardMessage.newBuilder().setSquares(squares));
  }

  @Override
  public void stepped(int version, long[] checksums) {
    ShardStepped.Builder stepped = ShardStepped.newBuilder().setVersion(version);
    Arrays.stream(checksums).forEach(stepped::addChecksums);
    say(ShardMessage.newBuilder().setStepped(stepped));
  }

  @Override
  public void weights(int version, int chunk, float[] values, int from, int count, long checksum) {
    byte[] bytes = new byte[count * Float.BYTES];
    FloatCodec.encode(values, from, count, bytes, 0);
    say(
        ShardMessage.newBuilder()
            .setChunk(
                ShardChunk.newBuilder()
                    .setVersion(version)
                    .setChunk(chunk)
                    .setChecksum(checksum)
                    .setData(UnsafeByteOperations.unsafeWrap(bytes))));
  }

  @Override
  public void failed(String message) {
    say(ShardMessage.newBuilder().setFailure(Failure.newBuilder().setMessage(message)));
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
