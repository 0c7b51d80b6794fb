package io.cordee.server.training;

import io.cordee.server.team.WorkerId;
import java.util.HashMap;
import java.util.Map;

/** Counts the chunks of replicas that were sent anew. */
public final class Healings {

  /** So often may a worker want the same state again: more is no accident. */
  private static final int MOST = 8;

  /** What a worker has said last of a chunk, and how often. */
  private record Said(int version, int times) {}

  /** For each worker, chunk by chunk. */
  private final Map<WorkerId, Map<Integer, Said>> said = new HashMap<>();

  private int count;

  /** Whether a worker that says so of a chunk can be helped by sending it the state. */
  public boolean canHelp(WorkerId worker, int chunk, int version) {
    Map<Integer, Said> ofChunks = said.computeIfAbsent(worker, w -> new HashMap<>());
    Said before = ofChunks.getOrDefault(chunk, new Said(-1, 0));
    int times = version > before.version() ? 1 : before.times() + 1;
    ofChunks.put(chunk, new Said(Math.max(version, before.version()), times));
    return times <= MOST;
  }

  /** Why a worker is sent away for whom {@link #canHelp} is not so. */
  public static String again(int chunk, int version) {
    return String.format(
        "its replica of chunk %d differs again and again at version %d; its memory or its arithmetic is not sound",
        chunk, version);
  }

  /** The worker has left. */
  public void forget(WorkerId worker) {
    said.remove(worker);
  }

  /**
   * One more.
   *
   * @param chunk numbered over the whole vector
   * @return what to say of it
   */
  public String add(WorkerId worker, int chunk, int version) {
    count++;
    return String.format(
        "%s: its replica of chunk %d differs from the server's at version %d; it is sent the state (%d so far)",
        worker, chunk, version, count);
  }
}
