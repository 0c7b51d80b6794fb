package io.cordee.server.round;

import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.job.Tally;
import io.cordee.common.optimizer.RoundScalars;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** How far a round is over all chunks of a shard. Any thread may call; every call is brief. */
final class RoundState {

  private enum Stage {
    /** Chunks are reduced; none may be stepped. */
    COLLECTING,
    /** Chunks may be stepped; none is yet. */
    APPLIED,
    /** Chunks are on their way to the next version. */
    STEPPING
  }

  private final int chunks;

  private int version;
  private Stage stage = Stage.COLLECTING;
  private boolean isKept;
  private List<Integer> claimable = new ArrayList<>();
  private int reduced;
  private int stepped;
  private double norm;
  private Tally measured = Tally.NONE;
  private double previousMeanLoss;
  private OptionalInt notFinite = OptionalInt.empty();

  RoundState(int chunks, RoundMark start) {
    this.chunks = chunks;
    this.version = start.version();
    this.previousMeanLoss = start.meanLoss();
  }

  synchronized int version() {
    return version;
  }

  /** Stands at this version, which no round has led to. */
  synchronized void settle(int at) {
    version = at;
  }

  synchronized boolean isApplied() {
    return stage != Stage.COLLECTING;
  }

  synchronized void apply(double ofMeanGradient) {
    if (stage == Stage.COLLECTING) {
      norm = ofMeanGradient;
      stage = Stage.APPLIED;
    }
  }

  /** Of the mean gradient, as the round was applied with. */
  synchronized double norm() {
    return norm;
  }

  synchronized void keep() {
    isKept = true;
  }

  synchronized boolean isKept() {
    return isKept;
  }

  /**
   * The root of a chunk is complete.
   *
   * @param parameter whose sum is not finite, if any
   */
  synchronized void reduced(int chunk, Tally tally, OptionalInt parameter) {
    measured = tally;
    reduced++;
    claimable.add(chunk);
    notFinite = notFinite.isPresent() ? notFinite : parameter;
  }

  synchronized OptionalInt notFinite() {
    return notFinite;
  }

  synchronized Optional<Tally> measured() {
    return reduced > 0 ? Optional.of(measured) : Optional.empty();
  }

  synchronized boolean isReduced() {
    return reduced == chunks;
  }

  /**
   * The chunks that may be stepped now, which are the caller's to step; with {@code waitsForAll},
   * none before all are reduced.
   */
  synchronized List<Integer> claim(boolean waitsForAll) {
    boolean waits = waitsForAll && !isReduced();
    if (!isApplied() || waits || notFinite.isPresent() || claimable.isEmpty()) {
      return List.of();
    }
    stage = Stage.STEPPING;
    List<Integer> claimed = claimable;
    claimable = new ArrayList<>();
    return claimed;
  }

  synchronized RoundScalars scalars() {
    return new RoundScalars(version + 1, measured.rows(), measured.meanLoss(), previousMeanLoss);
  }

  synchronized void stepped(int more) {
    stepped += more;
  }

  synchronized boolean isStepped() {
    return stepped == chunks;
  }

  /**
   * @throws IllegalStateException if some chunks stand at the next version and others do not
   */
  synchronized void requireAllAtOneVersion() {
    if (stepped > 0 && !isStepped()) {
      throw new IllegalStateException(
          "checksums are taken between rounds; " + stepped + " chunks are stepped");
    }
  }

  /** The current version as it stands; none once a chunk may have moved on from it. */
  synchronized Optional<RoundMark> mark(double seconds) {
    return stage == Stage.STEPPING
        ? Optional.empty()
        : Optional.of(new RoundMark(version, previousMeanLoss, seconds));
  }

  synchronized void advance() {
    if (!isStepped()) {
      throw new IllegalStateException(stepped + " of " + chunks + " chunks are stepped");
    }
    version++;
    stepped = 0;
    reduced = 0;
    isKept = false;
    stage = Stage.COLLECTING;
    previousMeanLoss = measured.meanLoss();
  }
}
