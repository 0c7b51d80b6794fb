package io.cordee.server.observe;

import java.util.ArrayList;
import java.util.List;

/**
 * A job's curves in at most {@value #MOST} points, however many rounds there are: each stands for
 * {@link #stride} rounds, which doubles when there is no more room. A point has the loss of the
 * first of its rounds, and the mean of the times.
 */
final class History {

  static final int MOST = 640;

  /** {@code rounds} is how many its split is the mean of. */
  record Point(Curve.Point at, int rounds) {

    int round() {
      return at.round();
    }

    private Point with(Point next) {
      int both = rounds + next.rounds;
      RoundTime split =
          both == 0
              ? RoundTime.NONE
              : at.split().times(rounds).plus(next.at.split().times(next.rounds)).times(1.0 / both);
      return new Point(
          new Curve.Point(
              at.round(),
              at.seconds(),
              at.train(),
              at.validation().or(next.at.validation()),
              at.test().or(next.at.test()),
              Double.isNaN(next.at.flips()) ? at.flips() : next.at.flips(),
              split),
          both);
    }
  }

  private final List<Point> points = new ArrayList<>();
  private int stride = 1;

  /** Changes whenever points change that are not the last one. */
  private int edition;

  int stride() {
    return stride;
  }

  int edition() {
    return edition;
  }

  /** The points from the one that holds this round onwards. */
  List<Curve.Point> from(int round) {
    int at = points.size();
    while (at > 0 && points.get(at - 1).round() + stride > round) {
      at--;
    }
    return points.subList(at, points.size()).stream().map(Point::at).toList();
  }

  void add(Point point) {
    goBackTo(point.round());
    append(point);
    if (points.size() > MOST) {
      stride *= 2;
      edition++;
      List<Point> all = List.copyOf(points);
      points.clear();
      all.forEach(this::append);
    }
  }

  private void append(Point point) {
    if (!points.isEmpty() && slot(last()) == slot(point)) {
      points.set(points.size() - 1, last().with(point));
    } else {
      points.add(point);
    }
  }

  /** A job that was resumed measures some rounds again. */
  void goBackTo(int round) {
    boolean isBehind = !points.isEmpty() && last().round() >= round;
    if (isBehind) {
      points.removeIf(point -> point.round() >= round);
      edition++;
    }
  }

  private int slot(Point point) {
    return point.round() / stride;
  }

  private Point last() {
    return points.get(points.size() - 1);
  }
}
