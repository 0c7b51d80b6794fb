package io.cordee.server.observe;

import java.util.concurrent.atomic.LongAdder;

/** What only ever grows, since this process began. Any thread may call. */
public final class Totals {

  private final LongAdder moved = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder healed = new LongAdder();
  private final LongAdder reconnects = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder reductions = new LongAdder();
  private final LongAdder reductionNanos = new LongAdder();
  private final LongAdder steps = new LongAdder();
  private final LongAdder stepNanos = new LongAdder();

  // Guarded by this.
  private long rounds;
  private Split split = Split.NONE;

  void move(int partitions) {
    moved.add(partitions);
  }

  void drop() {
    dropped.increment();
  }

  void heal() {
    healed.increment();
  }

  void reconnect() {
    reconnects.increment();
  }

  void lose() {
    lost.increment();
  }

  void reduce(long nanos) {
    reductions.increment();
    reductionNanos.add(nanos);
  }

  void step(int chunks, long nanos) {
    steps.add(chunks);
    stepNanos.add(nanos);
  }

  synchronized void round(Split took) {
    rounds++;
    split = split.plus(took);
  }

  /** Partitions that were leased to others than those who had them by the plan. */
  public long moved() {
    return moved.sum();
  }

  /** Contributions that were not needed. */
  public long dropped() {
    return dropped.sum();
  }

  /** Chunks of replicas that were sent anew. */
  public long healed() {
    return healed.sum();
  }

  /** Workers that came back under the name that they had before. */
  public long reconnects() {
    return reconnects.sum();
  }

  /** Workers that left before the job was over. */
  public long lost() {
    return lost.sum();
  }

  /** Contributions that were added up, and the nanoseconds that it took the threads that did. */
  public long reductions() {
    return reductions.sum();
  }

  public long reductionNanos() {
    return reductionNanos.sum();
  }

  /** Chunks that were stepped, and the nanoseconds that it took the threads that did. */
  public long steps() {
    return steps.sum();
  }

  public long stepNanos() {
    return stepNanos.sum();
  }

  /** Rounds of synchronous training, and where their time went. */
  public synchronized long rounds() {
    return rounds;
  }

  public synchronized Split split() {
    return split;
  }
}
