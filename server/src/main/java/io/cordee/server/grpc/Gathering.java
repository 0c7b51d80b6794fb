package io.cordee.server.grpc;

import io.cordee.server.checkpoint.KeptVersion;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * The other shards before it is settled where the job begins: which have come, and what they have
 * kept. Any thread may call.
 */
final class Gathering<S extends PeerStream<?, ?>> {

  private record Early<S>(S stream, List<KeptVersion> kept) {}

  private final int shards;

  // Guarded by this monitor.
  private final Map<Integer, Early<S>> early = new HashMap<>();
  private OptionalInt start = OptionalInt.empty();
  private String refused = "";

  /**
   * @param shards how many there are, shard 0 included
   */
  Gathering(int shards) {
    this.shards = shards;
  }

  /** See {@link ShardStreams#agree}. */
  synchronized int agree(List<KeptVersion> own, Duration patience)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + patience.toNanos();
    refuseOtherRuns(own);
    while (early.size() < shards - 1) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        int missing =
            IntStream.range(1, shards).filter(n -> !early.containsKey(n)).findFirst().orElseThrow();
        throw new TimeoutException(
            "shard %d has not come within %d s%s; start it again, and resume this run"
                .formatted(missing, patience.toSeconds(), refused));
      }
      wait(left);
      refuseOtherRuns(own);
    }
    List<List<KeptVersion>> all = new ArrayList<>();
    all.add(own);
    early.values().forEach(shard -> all.add(ofRun(own, shard.kept())));
    return KeptVersion.latestCommon(all);
  }

  private static List<KeptVersion> ofRun(List<KeptVersion> own, List<KeptVersion> kept) {
    return kept.stream().filter(one -> own.stream().allMatch(one::isOfRunOf)).toList();
  }

  /** Sends away shards whose folder belongs to another run than that of this shard. */
  private void refuseOtherRuns(List<KeptVersion> own) {
    if (own.isEmpty()) {
      return;
    }
    for (Map.Entry<Integer, Early<S>> shard : Map.copyOf(early).entrySet()) {
      List<KeptVersion> kept = shard.getValue().kept();
      if (!kept.isEmpty() && ofRun(own, kept).isEmpty()) {
        String why =
            "the checkpoints of shard %d are of another run: expected run %s on %s; found run %s on %s; give it the folder that it had in this run, or an empty one to begin at round 0"
                .formatted(
                    shard.getKey(),
                    own.get(0).run(),
                    own.get(0).rows(),
                    kept.get(0).run(),
                    kept.get(0).rows());
        refused = ": " + why;
        early.remove(shard.getKey());
        shard.getValue().stream().end(Status.FAILED_PRECONDITION.withDescription(why));
      }
    }
  }

  /** The job begins at this version; returns who has waited to hear that. */
  synchronized List<S> settle(int version) {
    start = OptionalInt.of(version);
    List<S> waiting = early.values().stream().map(Early::stream).toList();
    early.clear();
    return waiting;
  }

  /** A shard has come; returns where the job begins, or nothing if it has to wait for that. */
  OptionalInt join(int shard, S stream, List<KeptVersion> kept) {
    Optional<Early<S>> former;
    synchronized (this) {
      if (start.isPresent()) {
        return start;
      }
      former = Optional.ofNullable(early.put(shard, new Early<>(stream, kept)));
      notifyAll();
    }
    // Of another process, or its connection is dead.
    former.ifPresent(before -> before.stream().end(ShardStreams.RETRY));
    return OptionalInt.empty();
  }

  synchronized void leave(int shard, S stream) {
    early.computeIfPresent(shard, (number, it) -> it.stream() == stream ? null : it);
  }
}
