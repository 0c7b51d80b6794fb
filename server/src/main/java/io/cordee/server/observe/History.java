package io.cordee.server.observe;

import io.cordee.server.observe.Curve.Point;
import java.util.ArrayList;
import java.util.List;

/**
 * A job's curves in at most {@value #MOST} points, however many rounds there are: each stands for
 * {@link #stride} rounds, which doubles when there is no more room. A point has the loss of the
 * first of its rounds, and the mean of the times.
 */
final class History {

  static final int MOST = 640;

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
  List<Point> from(int round) {
    int at = points.size();
    while (at > 0 && points.get(at - 1).round() + stride > round) {
      at--;
    }
    return List.copyOf(points.subList(at, points.size()));
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
