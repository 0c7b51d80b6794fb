package io.cordee.spark.fit;

import org.apache.spark.util.AccumulatorV2;

/** How many rounds are over, as far as a task knows, for Spark's UI. */
final class LatestRound extends AccumulatorV2<Long, Long> {

  private static final long serialVersionUID = 1;

  private long round;

  @Override
  public boolean isZero() {
    return round == 0;
  }

  @Override
  public LatestRound copy() {
    LatestRound copy = new LatestRound();
    copy.round = round;
    return copy;
  }

  @Override
  public void reset() {
    round = 0;
  }

  @Override
  public void add(Long other) {
    round = Math.max(round, other);
  }

  @Override
  public void merge(AccumulatorV2<Long, Long> other) {
    add(other.value());
  }

  @Override
  public Long value() {
    return round;
  }
}
