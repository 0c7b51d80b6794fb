package io.cordee.server.training;

import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.Vector;
import io.cordee.server.team.WorkerId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** The workers that are sent a shard's chunks, and the repairs of what they hold of them. */
final class Replicas {

  /** More repairs than this at one version mean broken hardware. */
  private static final int MOST_REPAIRS = 8;

  /** The last version at which a chunk differed, and how often it did there. */
  private record Mismatch(int version, int times) {}

  private final Surroundings around;
  private final Team team;
  private final RoundBoard board;
  private final int firstChunk;
  private final boolean sendsSigns;
  private final Set<WorkerId> subscribers = new LinkedHashSet<>();
  private final Map<WorkerId, Map<Integer, Mismatch>> mismatches = new HashMap<>();
  private int repairs;

  /** The version whose weights were last sent for evaluation, apart from the lookahead point. */
  private int evaluated = -1;

  /**
   * @param board of the shard's own chunks
   * @param firstChunk the number of the first of them in the whole vector
   */
  Replicas(Surroundings around, RoundBoard board, int firstChunk) {
    this.around = around;
    this.team = around.team();
    this.board = board;
    this.firstChunk = firstChunk;
    this.sendsSigns = around.job().sendsSigns();
  }

  void subscribe(WorkerId worker) {
    if (!subscribers.add(worker)) {
      return;
    }
    if (sendsSigns) {
      forEachChunk(chunk -> team.state(worker, chunk));
    } else {
      sendCurrent(worker);
      board.steppedChunks().forEach(chunk -> sendStepped(worker, chunk));
    }
  }

  private void sendCurrent(WorkerId worker) {
    sendAll(worker, Vector.LOOKAHEAD_POINT);
    if (evaluated == board.version()) {
      sendAll(worker, Vector.WEIGHTS);
    }
  }

  /**
   * What the worker holds of the chunks at this version, or at any, has changed; sends them to it
   * again, if it is a subscriber.
   */
  void sendAgain(WorkerId worker, OptionalInt version) {
    if (!subscribers.contains(worker)) {
      return;
    }
    int current = board.version();
    if (sendsSigns) {
      forEachChunk(chunk -> team.state(worker, chunk));
      return;
    }
    if (version.orElse(current) == current) {
      sendCurrent(worker);
    }
    if (version.orElse(current + 1) == current + 1) {
      board.steppedChunks().forEach(chunk -> sendStepped(worker, chunk));
    }
  }

  boolean has(WorkerId worker) {
    return subscribers.contains(worker);
  }

  void unsubscribe(WorkerId worker) {
    subscribers.remove(worker);
  }

  void retain(Collection<WorkerId> workers) {
    subscribers.retainAll(workers);
  }

  void forget(WorkerId worker) {
    subscribers.remove(worker);
    mismatches.remove(worker);
  }

  /** Sends the weights at the board's version, which are not the lookahead point. */
  void sendWeights(int version) {
    if (evaluated != version) {
      evaluated = version;
      subscribers.forEach(worker -> sendAll(worker, Vector.WEIGHTS));
    }
  }

  void send(List<Integer> stepped) {
    subscribers.forEach(worker -> stepped.forEach(chunk -> sendStepped(worker, chunk)));
  }

  /** A worker's replica of a chunk differs from what it is here; sends it the state again. */
  void repair(WorkerId worker, int version, int chunk) {
    int number = firstChunk + chunk;
    if (!sendsSigns || chunk < 0 || chunk >= board.chunks().count()) {
      team.expel(worker, "there is no replica of a chunk " + chunk + " here that could differ");
    } else if (version < 0 || version > board.version() + 1) {
      team.expel(worker, "no chunk has been at version " + version);
    } else if (differed(worker, version, chunk) > MOST_REPAIRS) {
      team.expel(
          worker,
          "its replica of chunk %d keeps differing at version %d; its memory or its arithmetic is broken"
              .formatted(number, version));
    } else {
      repairs++;
      around.rounds().healed(worker);
      around
          .listener()
          .warned(
              "%s: its replica of chunk %d differs from the server's at version %d; sending the state (repair %d)"
                  .formatted(worker, number, version, repairs));
      team.state(worker, chunk);
    }
  }

  /** Notes that a chunk differs; returns how often it has, at this version. */
  private int differed(WorkerId worker, int version, int chunk) {
    Map<Integer, Mismatch> ofWorker = mismatches.computeIfAbsent(worker, w -> new HashMap<>());
    Mismatch before = ofWorker.getOrDefault(chunk, new Mismatch(-1, 0));
    int times = version > before.version() ? 1 : before.times() + 1;
    ofWorker.put(chunk, new Mismatch(Math.max(version, before.version()), times));
    return times;
  }

  private void sendStepped(WorkerId worker, int chunk) {
    if (sendsSigns) {
      team.signs(worker, chunk);
    } else {
      team.chunk(worker, board.version() + 1, Vector.LOOKAHEAD_POINT, chunk);
    }
  }

  private void sendAll(WorkerId worker, Vector vector) {
    forEachChunk(chunk -> team.chunk(worker, board.version(), vector, chunk));
  }

  private void forEachChunk(IntConsumer action) {
    IntStream.range(0, board.chunks().count()).forEach(action);
  }
}
