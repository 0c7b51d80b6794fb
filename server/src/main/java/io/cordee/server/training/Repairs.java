package io.cordee.server.training;

import io.cordee.server.team.WorkerId;
import java.util.HashMap;
import java.util.Map;

/** Counts how often chunks of workers' replicas had to be sent again. */
final class Repairs {

  /** More repairs than this at one version mean broken hardware. */
  private static final int MOST = 8;

  /** The last version at which a chunk differed, and how often it did there. */
  private record Mismatch(int version, int times) {}

  private final Map<WorkerId, Map<Integer, Mismatch>> mismatches = new HashMap<>();
  private int count;

  /** Whether sending the state can still help a worker that reports a mismatch. */
  boolean mayRepair(WorkerId worker, int chunk, int version) {
    Map<Integer, Mismatch> ofWorker = mismatches.computeIfAbsent(worker, w -> new HashMap<>());
    Mismatch before = ofWorker.getOrDefault(chunk, new Mismatch(-1, 0));
    int times = version > before.version() ? 1 : before.times() + 1;
    ofWorker.put(chunk, new Mismatch(Math.max(version, before.version()), times));
    return times <= MOST;
  }

  /** Why a worker is disconnected when {@link #mayRepair} says no. */
  static String tooMany(int chunk, int version) {
    return String.format(
        "its replica of chunk %d keeps differing at version %d; its memory or its arithmetic is broken",
        chunk, version);
  }

  void forget(WorkerId worker) {
    mismatches.remove(worker);
  }

  /** Counts a repair of a chunk, numbered over the whole vector; returns a report for people. */
  String add(WorkerId worker, int chunk, int version) {
    count++;
    return String.format(
        "%s: its replica of chunk %d differs from the server's at version %d; sending the state (repair %d)",
        worker, chunk, version, count);
  }
}
