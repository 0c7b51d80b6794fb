package io.cordee.server.grpc;

import io.cordee.proto.frame.TrainMethod;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.server.checkpoint.Versions;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Where the shards of a resumed job meet first: each reports what it has kept, and shard 0 tells
 * all of them the latest version that all have. They reconnect, to shard 0's server, once their
 * chunks are at that version. Workers are told to retry later.
 */
public final class ShardGathering implements AutoCloseable {

  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final String job;
  private final int shards;
  private final Predicate<String> isSameJob;
  private final Optional<String> refusal;
  private final Map<Integer, Inbound> there = new HashMap<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private Server server;

  private ShardGathering(
      String job, int shards, Predicate<String> isSameJob, Optional<String> refusal) {
    this.refusal = refusal;
    this.job = job;
    this.shards = shards;
    this.isSameJob = isSameJob;
  }

  /**
   * @param job as resolved YAML
   * @param shards how many there are, including this one
   * @param isSameJob whether versions kept of a job, as YAML, are of use to this one
   * @throws IOException if the address cannot be bound
   */
  public static ShardGathering listen(
      InetSocketAddress address, Gate gate, String job, int shards, Predicate<String> isSameJob)
      throws IOException {
    return new ShardGathering(job, shards, isSameJob, Optional.empty()).listen(address, gate);
  }

  /** Listens for some seconds, only to tell shards why there is no job for them. */
  public static void refuse(InetSocketAddress address, Gate gate, String why)
      throws InterruptedException {
    ShardGathering refusing = new ShardGathering("", 0, yaml -> false, Optional.of(why));
    try (refusing) {
      refusing.listen(address, gate);
      TimeUnit.NANOSECONDS.sleep(Absentees.RETURN.toNanos());
    } catch (IOException e) {
      return; // another process listens there, and may have one
    }
  }

  private ShardGathering listen(InetSocketAddress address, Gate gate) throws IOException {
    server = gate.server(address, timer, service(), List.of(), List.of()).start();
    return this;
  }

  public int port() {
    return server.getPort();
  }

  private ServerServiceDefinition service() {
    return TrainMethod.service(Declined::new, Inbound::new);
  }

  private final class Inbound extends PeerStream<ShardMessage, LeadMessage> {

    // Guarded by the gathering's monitor.
    private Optional<Integer> number = Optional.empty();
    private List<Versions> kept = List.of();

    Inbound(StreamObserver<LeadMessage> toShard) {
      super(toShard);
    }

    @Override
    public void onNext(ShardMessage message) {
      if (!isOpen()) {
        return;
      }
      try {
        if (refusal.isPresent()) {
          throw Peer.unfit("%s", refusal.get());
        }
        if (!message.hasHello() || number.isPresent()) {
          throw Peer.unfit(
              "one hello is expected of a shard at first; found %s", message.getBodyCase());
        }
        ShardMessageCheck.check(message.getHello(), shards);
        add(message.getHello().getShard(), ShardMessageCheck.kept(message.getHello(), isSameJob));
      } catch (StatusRuntimeException e) {
        end(e.getStatus());
      }
    }

    private void add(int shard, List<Versions> versions) {
      synchronized (ShardGathering.this) {
        number = Optional.of(shard);
        kept = versions;
        // Should it have been there before, that was another process.
        there.put(shard, this);
        ShardGathering.this.notifyAll();
      }
    }

    @Override
    void gone() {
      synchronized (ShardGathering.this) {
        number.ifPresent(shard -> there.remove(shard, this));
      }
    }
  }

  /**
   * Waits for all shards, and tells them where to begin.
   *
   * @param own what this shard has kept
   * @throws TimeoutException if one of them does not come within {@code patience}
   */
  public synchronized int agree(List<Versions> own, Duration patience)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (there.size() < shards - 1) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new TimeoutException(
            "shard %d has not come within %d s; start it again, and resume this run"
                .formatted(missing(), patience.toSeconds()));
      }
      wait(left);
    }
    List<List<Versions>> all = new ArrayList<>();
    List<Versions> mine = new ArrayList<>(own);
    mine.add(Versions.START);
    all.add(mine);
    there.values().forEach(shard -> all.add(shard.kept));
    int version = Versions.latestCommon(all);
    for (Inbound shard : List.copyOf(there.values())) {
      shard.say(ShardStreams.welcome(job, version, true));
      shard.end(Status.OK);
    }
    return version;
  }

  private int missing() {
    return IntStream.range(1, shards).filter(n -> !there.containsKey(n)).findFirst().orElseThrow();
  }

  @Override
  public void close() {
    Gate.shut(server, FAREWELL);
    // Late calls need it: a failed one would count as a refusal, not as "retry later".
    timer.shutdownNow();
  }
}
