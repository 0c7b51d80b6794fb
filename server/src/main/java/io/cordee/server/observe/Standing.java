package io.cordee.server.observe;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.server.observe.Figures.Phase;
import io.cordee.server.training.Measurement;
import java.util.List;
import java.util.Optional;

/** How a job stands: as far as it has been measured, and kept. */
final class Standing {

  private final Job job;
  private final History history = new History();
  private Phase phase = Phase.GATHERING;
  private String note = "";
  private int round;
  private int rounds;
  private Optional<Curve.Point> last = Optional.empty();
  private Curve.Score validation = Curve.Score.NONE;
  private Curve.Score test = Curve.Score.NONE;
  private Optional<Best> best = Optional.empty();

  // Of the round that has just ended; its first weights are about to be measured.
  private RoundTime split = RoundTime.NONE;
  private double flips = Double.NaN;

  private Optional<Integer> kept = Optional.empty();
  private long keptAt;

  Standing(Job job) {
    this.job = job;
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
    Curve.Point point =
        new Curve.Point(
            m.round(),
            m.seconds(),
            score(m.train()),
            m.validation().map(this::score).orElse(Curve.Score.NONE),
            m.test().map(this::score).orElse(Curve.Score.NONE),
            flips,
            split);
    best = m.best();
    add(point);
    split = RoundTime.NONE;
    flips = Double.NaN;
  }

  /** A point that an earlier process has measured. */
  synchronized void recalled(Curve.Point point) {
    add(point);
  }

  private void add(Curve.Point point) {
    history.add(new History.Point(point, point.split().total() > 0 ? 1 : 0));
    round = point.round();
    last = Optional.of(point);
    validation = point.validation().or(validation);
    test = point.test().or(test);
  }

  /** Rounds from this version on are measured again. */
  synchronized void resumed(int version) {
    history.goBackTo(version);
    round = version;
    List<Curve.Point> before = history.from(0);
    last = before.stream().reduce((a, b) -> b);
    best = Optional.empty();
    validation = Curve.Score.NONE;
    test = Curve.Score.NONE;
    for (Curve.Point point : before) {
      validation = point.validation().or(validation);
      test = point.test().or(test);
    }
  }

  private Curve.Score score(Tally tally) {
    return Curve.Score.of(tally, job);
  }

  synchronized void kept(int version, long now) {
    kept = Optional.of(version);
    keptAt = now;
  }

  synchronized Figures.Progress now() {
    return new Figures.Progress(
        phase,
        note,
        round,
        rounds,
        last.map(Curve.Point::seconds).orElse(0.0),
        last.map(Curve.Point::train).orElse(Curve.Score.NONE),
        validation,
        test,
        best);
  }

  synchronized Optional<Figures.Checkpointed> checkpoint(long now) {
    return kept.map(round -> new Figures.Checkpointed(round, now - keptAt));
  }

  synchronized Curve curveFrom(int round) {
    return new Curve(history.stride(), history.edition(), history.from(round));
  }
}
