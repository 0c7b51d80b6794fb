package io.cordee.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.cordee.common.retry.Backoff;
import io.cordee.common.wire.FloatCodec;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.connection.Diagnosis;
import io.cordee.proto.connection.ServerWait;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.AccessException;
import io.cordee.proto.v1.Apply;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.ShardChunk;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardSquares;
import io.cordee.proto.v1.ShardStepped;
import io.cordee.server.shard.Follower;
import io.cordee.server.shard.Invitation;
import io.cordee.server.shard.Lead;
import io.cordee.server.shard.LeadException;
import io.cordee.server.shard.Presence;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.RoundOrder;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The connection of a shard to shard 0, as one gRPC stream. */
public final class LeadLink implements Lead, AutoCloseable {

  private final String address;
  private final ManagedChannel channel;
  private final StreamObserver<ShardMessage> toLead;
  private final CompletableFuture<Invitation> invitation = new CompletableFuture<>();
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
   * @param access how shard 0 is spoken to, and what is shown to it
   * @throws LeadException if there is no shard 0 within {@code patience}, or one that cannot be
   *     spoken to like this
   */
  public static LeadLink open(
      String host,
      int port,
      Access access,
      Presence presence,
      Duration patience,
      Runnable onWaiting,
      Executor later)
      throws InterruptedException {
    ManagedChannel channel = Connections.client(host, port, access).build();
    String address = host + ":" + port;
    Backoff backoff = new Backoff(ThreadLocalRandom.current());
    try {
      new ServerWait(channel, new Diagnosis(host, port, access), backoff::next)
          .await(patience, onWaiting);
    } catch (TimeoutException | AccessException e) {
      channel.shutdownNow();
      throw new LeadException(e.getMessage());
    }
    LeadLink link = new LeadLink(channel, address, later);
    link.say(ShardMessage.newBuilder().setHello(hello(presence)));
    return link;
  }

  private static ShardHello.Builder hello(Presence presence) {
    ShardHello.Builder hello =
        ShardHello.newBuilder()
            .setProtocol(Connections.PROTOCOL)
            .setShard(presence.shard().number())
            .setShards(presence.shard().count())
            .setJob(presence.job());
    presence
        .kept()
        .forEach(
            range ->
                hello.addKept(
                    io.cordee.proto.v1.Versions.newBuilder()
                        .setFirst(range.first())
                        .setLast(range.last())));
    presence.readyAt().ifPresent(hello::setReadyAt);
    return hello;
  }

  /**
   * The job and where to begin, as shard 0 tells it, which may wait for the other shards.
   *
   * @throws LeadException if it does not take this shard, or does not answer within {@code
   *     patience}
   */
  public Invitation invitation(Duration patience) throws InterruptedException {
    try {
      return invitation.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw (LeadException) e.getCause();
    } catch (TimeoutException e) {
      throw new LeadException(
          "shard 0 at "
              + address
              + " has not told where to begin within "
              + patience.toSeconds()
              + " s; it may be waiting for another shard");
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
        case WELCOME ->
            invitation.complete(
                new Invitation(
                    message.getWelcome().getJob(),
                    message.getWelcome().getVersion(),
                    message.getWelcome().getAgain()));
        case APPLY -> {
          Apply apply = message.getApply();
          RoundOrder order =
              new RoundOrder(
                  apply.getVersion(),
                  OptionalDouble.of(apply.getNorm()),
                  apply.getMeanLoss(),
                  apply.getSeconds(),
                  apply.getKeep());
          run(f -> f.apply(order));
        }
        case SEND_WEIGHTS -> run(f -> f.sendWeights(message.getSendWeights().getVersion()));
        case COLLECT -> run(f -> f.collect(message.getCollect().getVersion()));
        case FINISHED -> {
          Outcome outcome = outcome(message.getFinished());
          run(f -> f.finished(outcome));
        }
        default -> onError(new LeadException("shard 0 sent a message that is not known here"));
      }
    }

    private static Outcome outcome(Finished finished) {
      String how = finished.getMessage();
      if (finished.getCompleted()) {
        return new Outcome.Completed(how);
      }
      return finished.getInterrupted() ? new Outcome.Interrupted(how) : new Outcome.Failed(how);
    }

    private void end(Follower f, boolean isLost, String why) {
      if (isLost) {
        f.leadLost(why);
      } else {
        f.finished(new Outcome.Failed(why));
      }
    }

    private void run(Consumer<Follower> action) {
      later.execute(() -> follower.join().accept(action));
    }

    @Override
    public void onError(Throwable cause) {
      Status status = Status.fromThrowable(cause);
      boolean isLost =
          status.getCode() == Status.Code.UNAVAILABLE || status.getCode() == Status.Code.CANCELLED;
      String why =
          isLost
              ? "the connection to shard 0 at " + address + " is lost"
              : "shard 0 at "
                  + address
                  + " refuses this shard: "
                  + (status.getDescription() == null ? status.getCode() : status.getDescription());
      LeadException failure = isLost ? LeadException.lost(why) : new LeadException(why);
      if (!invitation.completeExceptionally(failure) && !invitation.join().isForLater()) {
        run(f -> end(f, isLost, why));
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
