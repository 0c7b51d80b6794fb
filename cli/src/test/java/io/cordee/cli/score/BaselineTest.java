package io.cordee.cli.score;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.measure.ValueSums;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BaselineTest {

  @Test
  void theClassIsTheMostFrequentOfTheTrainingRowsAndTheScoreThatOfTheOthers() {
    Baseline baseline =
        Baseline.ofClasses(
            new long[] {3, 5, 2}, new long[] {6, 1, 3}, List.of("red", "white", "rosé"));

    assertEquals(Map.of("accuracy", 0.1), baseline.scores());
    assertEquals(
        "baseline: accuracy 0.1000 by always predicting class 'white', the most frequent of the"
            + " training rows",
        baseline.text());
  }

  @Test
  void theMeanOfTheTrainingRowsIsScoredOnTheOthers() {
    // Targets 11, 13 and 18, counted from 10; the training rows' mean is 12.
    double[] unused = {0};
    ValueSums sums = new ValueSums(3, unused, unused, new double[] {4}, new double[] {26});

    Baseline baseline = Baseline.ofValues(new double[] {2}, new double[] {10}, sums);

    // Squares of -1, 1 and 6.
    assertEquals(Math.sqrt(38 / 3.0), baseline.scores().get("rmse"), 1e-12);
    assertEquals(1 - 38 / 26.0, baseline.scores().get("r2"), 1e-12);
    assertEquals("12.0000, the mean of the training rows", baseline.predicts());
  }
}
