package io.cordee.server.observe;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.run.RoundRow;
import io.cordee.server.observe.Figures.Phase;
import io.cordee.server.training.Measurement;
import java.util.Optional;

/** How a job stands: as far as it has been measured, and kept. */
final class Standing {

  private final History history = new History();
  private Phase phase = Phase.GATHERING;
  private String note = "";
  private int round;
  private int rounds;
  private RoundRow last = RoundRow.NONE;
  private RoundRow evaluated = RoundRow.NONE;
  private Optional<Best> best = Optional.empty();

  // Of the round that has just ended; its first weights are about to be measured.
  private RoundTime split = RoundTime.NONE;
  private double flips = Double.NaN;

  private Optional<Integer> kept = Optional.empty();
  private long keptAt;

  Standing(Job job) {
    this.rounds = job.stop().rounds();
  }

  synchronized void is(Phase now, String why) {
    phase = now;
    note = why;
  }

  synchronized void endsAfter(int most) {
    rounds = most;
  }

  synchronized void roundEnded(RoundTime took, double flipped) {
    split = took;
    flips = flipped;
    if (phase == Phase.WAITING) {
      is(Phase.TRAINING, "");
    }
  }

  synchronized void measured(Measurement m) {
    best = m.best();
    add(new Curve.Point(m.row(), flips, split, split.total() > 0 ? 1 : 0));
    split = RoundTime.NONE;
    flips = Double.NaN;
  }

  /** What an earlier process has measured. */
  synchronized void recalled(RoundRow row) {
    add(new Curve.Point(row, Double.NaN, RoundTime.NONE, 0));
  }

  private void add(Curve.Point point) {
    history.add(point);
    round = point.round();
    recall(point.row());
  }

  /** Rounds from this version on are measured again. */
  synchronized void resumed(int version) {
    history.goBackTo(version);
    round = version;
    best = Optional.empty();
    last = RoundRow.NONE;
    evaluated = RoundRow.NONE;
    history.from(0).forEach(point -> recall(point.row()));
  }

  private void recall(RoundRow row) {
    last = row;
    if (row.isEvaluated()) {
      evaluated = row.or(evaluated);
    }
  }

  synchronized void kept(int version, long now) {
    kept = Optional.of(version);
    keptAt = now;
  }

  synchronized Figures.Progress now() {
    return new Figures.Progress(phase, note, round, rounds, last.or(evaluated), best);
  }

  synchronized Optional<Figures.Checkpointed> checkpoint(long now) {
    return kept.map(round -> new Figures.Checkpointed(round, now - keptAt));
  }

  synchronized Curve curveFrom(int round) {
    return new Curve(history.stride(), history.edition(), history.from(round));
  }
}
