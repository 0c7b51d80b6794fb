package io.cordee.server.observe;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counters since this process began; they only grow. Any thread may call. */
public final class Totals {

  public enum Count {
    /** Partitions leased to workers other than planned. */
    MOVED,
    /** Contributions that were not needed. */
    DROPPED,
    /** Chunks of replicas that were sent anew. */
    HEALED,
    /** Workers that reconnected under the same name. */
    RECONNECTED,
    /** Workers that left before the job was over. */
    LOST,
    /** Contributions that were added up, and the nanoseconds that it took the threads that did. */
    REDUCED,
    REDUCE_NANOS,
    /** Chunks that were stepped, and the nanoseconds that it took the threads that did. */
    STEPPED,
    STEP_NANOS
  }

  private final AtomicLongArray counts = new AtomicLongArray(Count.values().length);

  // Guarded by this.
  private long rounds;
  private RoundTime split = RoundTime.NONE;

  void add(Count what, long amount) {
    counts.addAndGet(what.ordinal(), amount);
  }

  public long of(Count what) {
    return counts.get(what.ordinal());
  }

  synchronized void round(RoundTime took) {
    rounds++;
    split = split.plus(took);
  }

  /** Rounds of synchronous training, and where their time went. */
  public synchronized long rounds() {
    return rounds;
  }

  public synchronized RoundTime split() {
    return split;
  }
}
