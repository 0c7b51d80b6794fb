package io.cordee.worker.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.worker.compute.RateSweep.Point;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class RateSweepTest {

  private static List<Point> run(String... overrides) {
    Job job = JobFile.defaultJob(List.of(overrides));
    return new RateSweep(job, new HeldRows(job, List.of())).run(1e-4, 100, 60);
  }

  /** Gradient descent on the digits learns at 0.1 to 1, and no more at 100. */
  @Test
  void theRateIsOneAtWhichTheDigitsAreLearned() {
    List<Point> points = run("rule=gd", "partitions=2");
    double rate = RateSweep.suggestion(points).orElseThrow();
    assertTrue(rate > 0.03 && rate < 3, () -> "" + rate);
    assertEquals(1e-4, points.get(0).rate());
    assertEquals(points.get(0).loss(), points.get(0).smooth(), 1e-12);
  }

  @Test
  void aRateThatIsTooLargeEndsIt() {
    List<Point> points =
        run(
            "rule=gd",
            "partitions=1",
            "batch=64",
            "model.output=linear",
            "model.loss=squared-error");
    assertTrue(points.size() < 60, points::toString);
    assertTrue(points.get(points.size() - 1).rate() < 30, points::toString);
  }

  @Test
  void aLossThatNowhereFallsSuggestsNothing() {
    assertEquals(
        OptionalDouble.empty(),
        RateSweep.suggestion(List.of(new Point(0.1, 1, 1), new Point(1, 2, 2))));
    assertEquals(
        OptionalDouble.of(0.1),
        RateSweep.suggestion(
            List.of(
                new Point(0.01, 9, 9),
                new Point(0.1, 5, 5),
                new Point(1, 4, 4),
                new Point(10, 8, 8),
                new Point(100, 1, 5))));
  }
}
