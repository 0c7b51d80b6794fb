package io.cordee.server.grpc;

import com.google.protobuf.ByteString;
import io.cordee.common.job.JobVector;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.v1.Apply;
import io.cordee.proto.v1.Collect;
import io.cordee.proto.v1.FirstChunk;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.LeadWelcome;
import io.cordee.proto.v1.RollCall;
import io.cordee.proto.v1.SendWeights;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.TrainedOn;
import io.cordee.server.checkpoint.KeptVersion;
import io.cordee.server.training.LeadTraining;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.ShardOrders;
import io.cordee.server.training.ShardReports;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The other shards as gRPC streams, on shard 0. At first they only say what they have kept; they
 * are welcomed once it is settled where the job begins.
 */
public final class ShardStreams implements ShardOrders {

  private static final int LONGEST_ADDRESS = 300;

  /** How long a shard may take to answer a roll call. */
  static final int ROLL_CALL_SECONDS = 3;

  static final Status RETRY =
      Status.UNAVAILABLE.withDescription(
          "the job is already running; retry: all shards reconnect once the server notices that this"
              + " one's old connection is dead");

  private final String job;
  private final String run;
  private final int shards;
  private final Optional<Supplier<float[]>> first;
  private final Predicate<String> isSameJob;

  final Seal seal = Seal.random();

  /** True once a round is applied, so that no shard can begin at the version any more. */
  private volatile boolean isUnderWay;

  private final ScheduledExecutorService later;
  private final Chunks all;
  private final ShardMessageReader reader;
  private final Gathering<Inbound> gathering;
  private final Map<Integer, Inbound> streams = new ConcurrentHashMap<>();

  /** Addresses of the shards that are ready for workers. */
  private final Map<Integer, String> addresses = new ConcurrentHashMap<>();

  private volatile Optional<Performer<LeadTraining>> training = Optional.empty();

  /** How the job has ended, once it has. */
  private volatile Optional<Outcome> end = Optional.empty();

  /**
   * @param job as resolved YAML
   * @param run its id
   * @param shards how many there are, including this one
   * @param vector the whole vector
   * @param first the weights that they begin with, if these are given rather than drawn
   * @param isSameJob whether versions kept of a job, as YAML, are of use to this one
   * @param later runs one task at a time, on a thread of its own
   */
  public ShardStreams(
      String job,
      String run,
      int shards,
      JobVector vector,
      Optional<Supplier<float[]>> first,
      Predicate<String> isSameJob,
      ScheduledExecutorService later) {
    this.first = first;
    this.all = vector.chunks();
    this.job = job;
    this.run = run;
    this.shards = shards;
    this.gathering = new Gathering<>(shards);
    this.reader = new ShardMessageReader(shards, vector);
    this.isSameJob = isSameJob;
    this.later = later;
  }

  /**
   * Waits until all others have said what they have kept.
   *
   * @param own what this shard has kept
   * @return the latest version that all have
   * @throws TimeoutException if one of them does not come within {@code patience}
   */
  public int agree(List<KeptVersion> own, Duration patience)
      throws InterruptedException, TimeoutException {
    return gathering.agree(own, patience);
  }

  /**
   * Settles where the job begins.
   *
   * @param training is told, from now on, what the shards report
   */
  public void begin(int version, Performer<LeadTraining> training) {
    this.training = Optional.of(training);
    gathering.settle(version).forEach(stream -> stream.answer(version));
  }

  private void tell(Consumer<LeadTraining> event) {
    // Apart from the stream's thread: what it leads to may be sent to this very stream.
    later.execute(() -> training.orElseThrow().perform(event));
  }

  private void refuse(int shard, String why) {
    Optional.ofNullable(streams.get(shard))
        .ifPresent(stream -> stream.end(Status.INVALID_ARGUMENT.withDescription(why)));
  }

  /**
   * Returns where the others listen, by number from 1, or "" for one that does not say; empty while
   * workers have to wait for one of them. Once the job is over they wait for nobody.
   */
  Optional<List<String>> addresses() {
    List<String> known =
        IntStream.range(1, shards).mapToObj(addresses::get).filter(Objects::nonNull).toList();
    if (known.size() == shards - 1) {
      return Optional.of(known);
    }
    return end.map(how -> List.of());
  }

  StreamObserver<ShardMessage> open(StreamObserver<LeadMessage> toShard) {
    return new Inbound(toShard);
  }

  private final class Inbound extends PeerStream<ShardMessage, LeadMessage> {

    private volatile OptionalInt number = OptionalInt.empty();

    private List<KeptVersion> kept = List.of();

    /** The number of messages that it has sent. */
    private volatile long heard;

    /** The number that it had sent at its last roll call; -1 before the first. */
    private final AtomicLong heardAtRollCall = new AtomicLong(-1);

    Inbound(StreamObserver<LeadMessage> toShard) {
      super(toShard);
    }

    @Override
    public void onNext(ShardMessage message) {
      heard++;
      if (!isOpen()) {
        return;
      }
      try {
        take(message);
      } catch (StatusRuntimeException e) {
        end(Peer.advised(e.getStatus()));
      }
    }

    private void take(ShardMessage message) {
      if (message.hasHello()) {
        hello(message.getHello());
        return;
      }
      if (number.isEmpty()) {
        throw Peer.outOfTurn(
            "the first message is a shard's hello; found %s", message.getBodyCase());
      }
      int shard = number.getAsInt();
      if (streams.get(shard) != this) {
        throw Peer.outOfTurn(
            "one hello is expected of a shard at first; found %s", message.getBodyCase());
      }
      switch (message.getBodyCase()) {
        case LISTENS ->
            addresses.put(
                shard, OutsideText.printable(message.getListens().getAddress(), LONGEST_ADDRESS));
        case HEARTBEAT -> {
          // It is alive, which is all that was asked.
        }
        default -> {
          Consumer<ShardReports> report = reader.report(shard, message);
          tell(lead -> report.accept(lead.reportsOf(shard, why -> refuse(shard, why))));
        }
      }
    }

    private void hello(ShardHello hello) {
      if (number.isPresent()) {
        throw Peer.outOfTurn("a second hello on one stream");
      }
      ShardMessageReader.check(hello, shards);
      kept = ShardMessageReader.kept(hello, isSameJob);
      number = OptionalInt.of(hello.getShard());
      gathering.join(hello.getShard(), this, kept).ifPresent(this::answer);
    }

    private void answer(int version) {
      int shard = number.getAsInt();
      if (isUnderWay) {
        // Either its former connection is dead, which may not have been noticed yet, and all shards
        // have to meet anew; or this is an impostor, and the connected one continues.
        Optional.ofNullable(streams.get(shard)).ifPresent(Inbound::call);
        end(RETRY);
      } else if (version == 0 || hasKept(version)) {
        takePart(shard, version);
      } else {
        end(
            Status.UNAVAILABLE.withDescription(
                "shard " + shard + " has not saved round " + version + "; retry"));
        tell(lead -> lead.lacks(shard));
      }
    }

    private boolean hasKept(int version) {
      return kept.stream().anyMatch(one -> one.version() == version && one.run().equals(run));
    }

    private void takePart(int shard, int version) {
      Inbound former = streams.putIfAbsent(shard, this);
      if (former != null) {
        former.call(); // its connection may be dead
        end(
            Status.ALREADY_EXISTS.withDescription(
                "shard " + shard + "/" + shards + " is connected already"));
      } else {
        if (!isOpen()) {
          gone(); // it ended while it waited
          return;
        }
        LeadWelcome welcome =
            LeadWelcome.newBuilder()
                .setJob(job)
                .setRun(run)
                .setVersion(version)
                .setKey(seal.key)
                .build();
        say(LeadMessage.newBuilder().setWelcome(welcome).build());
        if (version == 0 && end.isEmpty()) {
          first.ifPresent(weights -> sendFirst(shard, weights));
        }
        end.ifPresent(how -> say(message(how)));
      }
    }

    private void sendFirst(int number, Supplier<float[]> weights) {
      // One at a time, as each reads all of them.
      synchronized (reader) {
        try {
          sendFirst(number, weights.get());
        } catch (UncheckedIOException e) {
          end(Status.FAILED_PRECONDITION.withDescription(e.getMessage()));
        }
      }
    }

    private void sendFirst(int number, float[] weights) {
      Shard shard = new Shard(number, shards);
      int from = shard.firstChunk(all);
      for (int chunk = from; chunk < from + shard.own(all).count(); chunk++) {
        ByteString data = FloatBytes.write(weights, all.from(chunk), all.size(chunk));
        say(LeadMessage.newBuilder().setFirst(FirstChunk.newBuilder().setData(data)).build());
      }
    }

    /** Ends it unless it says something soon. One roll call waits for its answer at a time. */
    private void call() {
      long before = heard;
      if (heardAtRollCall.getAndSet(before) != before) {
        say(LeadMessage.newBuilder().setRollCall(RollCall.getDefaultInstance()).build());
        later.schedule(() -> endIfSilentSince(before), ROLL_CALL_SECONDS, TimeUnit.SECONDS);
      }
    }

    private void endIfSilentSince(long before) {
      if (heard == before) {
        end(RETRY);
      }
    }

    @Override
    void gone() {
      number.ifPresent(
          shard -> {
            gathering.leave(shard, this);
            if (streams.get(shard) == this) {
              addresses.remove(shard);
            }
            if (streams.remove(shard, this)) {
              tell(lead -> lead.lost(shard));
            }
          });
    }
  }

  // ---- orders ----

  @Override
  public void apply(
      int version, OptionalDouble norm, double meanLoss, double seconds, boolean isKept) {
    isUnderWay = true;
    Apply.Builder round =
        Apply.newBuilder()
            .setVersion(version)
            .setMeanLoss(meanLoss)
            .setSeconds(seconds)
            .setKeep(isKept);
    norm.ifPresent(round::setNorm);
    say(LeadMessage.newBuilder().setApply(round).build());
  }

  @Override
  public void trainedOn(String rows) {
    say(LeadMessage.newBuilder().setTrainedOn(TrainedOn.newBuilder().setRows(rows)).build());
  }

  @Override
  public void sendWeights(int version) {
    SendWeights.Builder which = SendWeights.newBuilder().setVersion(version);
    say(LeadMessage.newBuilder().setSendWeights(which).build());
  }

  @Override
  public void collect(int version) {
    say(LeadMessage.newBuilder().setCollect(Collect.newBuilder().setVersion(version)).build());
  }

  @Override
  public void finished(Outcome how) {
    end = Optional.of(how);
    say(message(how));
  }

  private static LeadMessage message(Outcome how) {
    return LeadMessage.newBuilder().setFinished(how.how().finished(how.message())).build();
  }

  /** Says it to all that are there. */
  private void say(LeadMessage message) {
    streams.values().forEach(stream -> stream.say(message));
  }
}
