package io.cordee.server.training;

import io.cordee.common.reduce.ReductionTree;
import java.util.BitSet;

/** The round that one worker of asynchronous training is in, and what it still owes of it. */
final class WorkerClock {

  private final BitSet[] owedOfChunk;
  private final int[] beingApplied;
  private final BitSet sentAhead = new BitSet();
  private BitSet slices = new BitSet();
  private int chunksLeft;
  private int round;
  private boolean isBusy;

  /**
   * @param round the first one that it takes part in, counted from 0
   */
  WorkerClock(int round, int chunks) {
    this.round = round;
    this.owedOfChunk = new BitSet[chunks];
    this.beingApplied = new int[chunks];
  }

  /** The round that it is in; or, if it is not busy, the one that it would begin next. */
  int round() {
    return round;
  }

  boolean isBusy() {
    return isBusy;
  }

  /**
   * It begins its round: what it owes is the sum of these partitions for every chunk, and the
   * tallies of these slices.
   */
  void begin(BitSet partitions, BitSet testSlices) {
    for (int chunk = 0; chunk < owedOfChunk.length; chunk++) {
      owedOfChunk[chunk] = (BitSet) partitions.clone();
    }
    chunksLeft = owedOfChunk.length;
    slices = (BitSet) testSlices.clone();
    sentAhead.clear();
    isBusy = true;
  }

  /** Takes a contribution of these partitions, to be applied; false if it does not owe them all. */
  boolean take(int chunk, ReductionTree.Span span) {
    BitSet owed = owedOfChunk[chunk];
    if (owed.nextClearBit(span.from()) < span.to()) {
      return false;
    }
    owed.clear(span.from(), span.to());
    beingApplied[chunk]++;
    return true;
  }

  /** What was taken has been applied. */
  void applied(int chunk) {
    beingApplied[chunk]--;
    if (isApplied(chunk)) {
      chunksLeft--;
    }
  }

  /** Returns whether everything of its round is in for this chunk. */
  boolean isApplied(int chunk) {
    return owedOfChunk[chunk].isEmpty() && beingApplied[chunk] == 0;
  }

  /** Takes the tally of a slice; false if it does not owe it. */
  boolean takeSlice(int slice) {
    boolean isOwed = slices.get(slice);
    slices.clear(slice);
    return isOwed;
  }

  /** Returns whether everything of its round is in. */
  boolean isFinished() {
    return isBusy && chunksLeft == 0 && slices.isEmpty();
  }

  void finish() {
    round++;
    isBusy = false;
  }

  /**
   * Returns whether the chunk is still to be sent for the round after the one that it is busy with,
   * or for the one that it is about to begin; from now on it is not.
   */
  boolean claimSending(int chunk) {
    boolean wasSent = sentAhead.get(chunk);
    sentAhead.set(chunk);
    return !wasSent;
  }
}
