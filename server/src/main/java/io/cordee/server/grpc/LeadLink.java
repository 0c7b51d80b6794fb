package io.cordee.server.grpc;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.retry.Retry;
import io.cordee.common.text.OutsideText;
import io.cordee.common.wire.FloatCodec;
import io.cordee.proto.connection.ClientStream;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.message.JobEnd;
import io.cordee.proto.security.AccessException;
import io.cordee.proto.v1.Apply;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.FirstChunk;
import io.cordee.proto.v1.Heartbeat;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.LeadWelcome;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.ShardChunk;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardListens;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardSquares;
import io.cordee.proto.v1.ShardStepped;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.checkpoint.KeptVersion;
import io.cordee.server.round.CollectedChunk;
import io.cordee.server.shard.Follower;
import io.cordee.server.shard.LeadException;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.ShardReports;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The connection of a shard to shard 0, as one gRPC stream. */
public final class LeadLink implements ShardReports, AutoCloseable {

  private static final int LONGEST_OUTCOME = 1000;
  private static final int LONGEST_RUN = 100;
  private static final int LONGEST_ROWS = 300;

  private static final ShardMessage HEARTBEAT =
      ShardMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build();

  private final String address;
  private final Shard shard;
  private final ManagedChannel channel;
  private final Inbound stream = new Inbound();
  private final CompletableFuture<Invitation> invitation = new CompletableFuture<>();
  private final CompletableFuture<Performer<Follower>> follower = new CompletableFuture<>();
  private final BlockingQueue<FirstChunk> first = new LinkedBlockingQueue<>();

  /** The chunks whose first weights shard 0 sends; of this stream's thread. */
  private Optional<Chunks> awaited = Optional.empty();

  private int received;
  private final Executor later;

  private LeadLink(ManagedChannel channel, String address, Shard shard, Executor later) {
    this.channel = channel;
    this.shard = shard;
    this.address = address;
    this.later = later;
  }

  /**
   * Connects and says hello.
   *
   * @param kept what the shard can resume from
   * @param later runs one task at a time, on a thread of its own
   * @throws LeadException if no shard 0 answers within {@code patience}, or not with this access
   */
  public static LeadLink open(
      Dial dial,
      Shard shard,
      CheckpointStore.Kept kept,
      Duration patience,
      Consumer<String> onWaiting,
      Executor later)
      throws InterruptedException {
    ManagedChannel channel = connect(dial, patience, onWaiting);
    String address = dial.host() + ":" + dial.port();
    LeadLink link = new LeadLink(channel, address, shard, later);
    ParameterServerGrpc.newStub(channel).follow(link.stream);
    link.say(ShardMessage.newBuilder().setHello(hello(shard, kept)));
    return link;
  }

  private static ManagedChannel connect(Dial dial, Duration patience, Consumer<String> onWaiting)
      throws InterruptedException {
    Retry retry = new Retry(patience, TimeUnit.NANOSECONDS::sleep);
    for (boolean isFirst = true; ; isFirst = false) {
      try {
        return dial.open(Dial.LIMIT);
      } catch (AccessException e) {
        throw new LeadException(e.getMessage());
      } catch (ConnectException e) {
        if (isFirst) {
          onWaiting.accept(e.getMessage());
        }
        if (!retry.pause()) {
          throw new LeadException(
              "%s; gave up after %d s: is shard 0 running, and the address right?"
                  .formatted(e.getMessage(), patience.toSeconds()));
        }
      }
    }
  }

  private static ShardHello.Builder hello(Shard shard, CheckpointStore.Kept kept) {
    ShardHello.Builder hello =
        ShardHello.newBuilder()
            .setProtocol(Connections.PROTOCOL)
            .setVersion(Connections.VERSION)
            .setShard(shard.number())
            .setShards(shard.count())
            .setJob(kept.job());
    for (KeptVersion one : kept.versions()) {
      hello.addKeptBuilder().setVersion(one.version()).setRun(one.run()).setRows(one.rows());
    }
    return hello;
  }

  /**
   * The job and where to begin, as shard 0 tells it, which may wait for the other shards.
   *
   * @throws LeadException if it refuses this shard, or does not answer within {@code patience}
   */
  public Invitation invitation(Duration patience) throws InterruptedException {
    try {
      return invitation.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw (LeadException) e.getCause();
    } catch (TimeoutException e) {
      throw new LeadException(
          "shard 0 at %s did not say where to begin within %d s; it may be waiting for another shard"
              .formatted(address, patience.toSeconds()));
    }
  }

  /**
   * The weights to begin with, which shard 0 sends after its invitation.
   *
   * @throws LeadException if they do not come within {@code patience}
   */
  public float[] firstWeights(Chunks own, Duration patience) throws InterruptedException {
    float[] weights = new float[own.parameters()];
    for (int chunk = 0; chunk < own.count(); chunk++) {
      FirstChunk sent = first.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (sent == null) {
        throw LeadException.lost(
            "shard 0 at %s has not sent the first weights within %d s"
                .formatted(address, patience.toSeconds()));
      }
      ByteBuffer data = sent.getData().asReadOnlyByteBuffer();
      FloatCodec.decode(data, weights, own.from(chunk), own.size(chunk));
    }
    return weights;
  }

  /** From now on, the follower handles what shard 0 says. */
  public void runBy(Performer<Follower> follower) {
    this.follower.complete(follower);
  }

  private final class Inbound extends ClientStream<ShardMessage, LeadMessage> {

    @Override
    public void onNext(LeadMessage message) {
      try {
        take(message);
      } catch (IllegalArgumentException e) {
        hangUp(e.getMessage());
      }
    }

    /**
     * @throws IllegalArgumentException if the message is invalid, wherever the training is
     */
    private void take(LeadMessage message) {
      require(
          message.hasWelcome() != invitation.isDone(),
          "its welcome is not its first message, or comes twice");
      switch (message.getBodyCase()) {
        case WELCOME -> invited(message.getWelcome());
        case FIRST -> received(message.getFirst());
        case ROLL_CALL -> say(HEARTBEAT);
        case APPLY -> apply(message.getApply());
        case TRAINED_ON -> {
          String rows = OutsideText.printable(message.getTrainedOn().getRows(), LONGEST_ROWS);
          run(f -> f.trainedOn(rows));
        }
        case SEND_WEIGHTS -> run(f -> f.sendWeights(message.getSendWeights().getVersion()));
        case COLLECT -> run(f -> f.collect(message.getCollect().getVersion()));
        case FINISHED -> {
          JobEnd how = JobEnd.of(message.getFinished());
          String why = OutsideText.printable(message.getFinished().getMessage(), LONGEST_OUTCOME);
          run(f -> f.finished(Outcome.of(how, why)));
        }
        default -> throw new IllegalArgumentException("unknown message");
      }
    }

    private void received(FirstChunk chunk) {
      int expected = awaited.map(Chunks::count).orElse(0);
      require(received < expected, "more first weights than those of " + expected + " chunks");
      int bytes = awaited.get().size(received++) * Float.BYTES;
      int found = chunk.getData().size();
      require(found == bytes, found + " bytes of first weights; expected " + bytes);
      first.add(chunk);
    }

    private void apply(Apply apply) {
      double norm = apply.getNorm();
      double meanLoss = apply.getMeanLoss();
      double seconds = apply.getSeconds();
      boolean isNorm = norm >= 0 && norm <= Double.MAX_VALUE;
      if (!(isNorm && Double.isFinite(meanLoss) && seconds >= 0)) {
        throw new IllegalArgumentException("invalid numbers in " + apply);
      }
      OptionalDouble known = OptionalDouble.of(norm);
      run(f -> f.apply(apply.getVersion(), known, meanLoss, seconds, apply.getKeep()));
    }

    private void invited(LeadWelcome welcome) {
      require(welcome.getVersion() >= 0, "it begins at version " + welcome.getVersion());
      Job job;
      try {
        job = JobFile.parse(welcome.getJob(), "shard 0's job", List.of());
      } catch (JobException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
      if (welcome.getVersion() == 0 && job.model().first().isPresent()) {
        awaited = Optional.of(shard.own(JobVector.of(job).chunks()));
      }
      String run = OutsideText.printable(welcome.getRun(), LONGEST_RUN);
      invitation.complete(
          new Invitation(job, run, welcome.getVersion(), new Seal(welcome.getKey())));
    }

    private static void require(boolean isValid, String otherwise) {
      if (!isValid) {
        throw new IllegalArgumentException(otherwise);
      }
    }

    private void hangUp(String why) {
      stream.cancel(why);
      end(
          false,
          "shard 0 at %s sent an invalid message: %s; run the same version of Cordee on both sides"
              .formatted(address, OutsideText.printable(why, LONGEST_OUTCOME)));
    }

    private void end(Follower f, boolean isLost, String why) {
      if (isLost) {
        f.leadLost(why);
      } else {
        f.finished(new Outcome.Failed(why));
      }
    }

    private void run(Consumer<Follower> action) {
      later.execute(() -> follower.join().perform(action));
    }

    @Override
    protected void ended(Status how) {
      Status status = how.isOk() ? Status.CANCELLED.withDescription("it ended the stream") : how;
      // Shard 0 may still take this shard's former connection for alive.
      boolean isLost = Dial.isLost(status) || status.getCode() == Status.Code.ALREADY_EXISTS;
      String what =
          isLost
              ? (invitation.isDone() ? "lost the connection to" : "could not join")
                  + " shard 0 at "
                  + address
                  + ": "
              : "shard 0 at " + address + " refused this shard: ";
      end(isLost, what + OutsideText.printable(Dial.reason(status), LONGEST_OUTCOME));
    }

    private void end(boolean isLost, String why) {
      LeadException failure = isLost ? LeadException.lost(why) : new LeadException(why);
      boolean isFirst = invitation.completeExceptionally(failure);
      if (!isFirst && !invitation.isCompletedExceptionally()) {
        run(f -> end(f, isLost, why));
      }
    }
  }

  /** Workers may connect to this address; empty if they know it from elsewhere. */
  public void listens(String address) {
    say(ShardMessage.newBuilder().setListens(ShardListens.newBuilder().setAddress(address)));
  }

  private void say(ShardMessage.Builder message) {
    stream.say(message.build());
  }

  // ---- reports ----

  @Override
  public void measured(Tally tally) {
    // Shard 0 counts rows itself.
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

  /** Sends them chunk by chunk. */
  @Override
  public void weights(int version, int firstChunk, List<CollectedChunk> chunks) {
    for (int i = 0; i < chunks.size(); i++) {
      say(ShardMessage.newBuilder().setChunk(message(version, firstChunk + i, chunks.get(i))));
    }
  }

  static ShardChunk.Builder message(int version, int number, CollectedChunk chunk) {
    ShardChunk.Builder message =
        ShardChunk.newBuilder().setVersion(version).setChunk(number).setChecksum(chunk.checksum());
    Arrays.stream(chunk.hashes()).forEach(message::addHashes);
    chunk.weights().ifPresent(all -> message.setData(FloatBytes.write(all, 0, all.length)));
    return message;
  }

  @Override
  public void failed(String why) {
    say(ShardMessage.newBuilder().setFailure(Failure.newBuilder().setMessage(why)));
  }

  /** Ends the connection. What shard 0 has said is dropped if no follower has taken it so far. */
  @Override
  public void close() {
    follower.cancel(false); // a task that waits for it would block the next attempt
    channel.shutdownNow();
  }
}
