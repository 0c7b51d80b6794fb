package io.cordee.common.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeasuresTest {

  private static final int MANY = 3 * Ranking.MOST;

  /** Outputs of class 1 are d higher than those of class 0: the area is 1 − (1 − d)² / 2. */
  private static Ranking uniform(long seed, double higher) {
    Random random = new Random(seed);
    float[] outputs = new float[MANY];
    boolean[] isOne = new boolean[MANY];
    for (int i = 0; i < MANY; i++) {
      isOne[i] = i % 2 == 1;
      outputs[i] = (float) (random.nextDouble() + (isOne[i] ? higher : 0));
    }
    return Ranking.of(outputs, isOne);
  }

  @Test
  void ofVeryManyDifferentOutputsTheAreaIsNearlyThatOfAll() {
    Ranking ranking = uniform(1, 0.5);
    assertTrue(ranking.keys().length <= Ranking.MOST);
    ranking.check(MANY / 2, MANY / 2);
    assertEquals(1 - 0.5 * 0.5 / 2, ranking.auc(), 0.005);
    Ranking both = ranking.plus(uniform(2, 0.5));
    both.check(MANY, MANY);
    assertEquals(1 - 0.5 * 0.5 / 2, both.auc(), 0.005);
  }

  @Test
  void rankingsOfDifferentPrecisionAddUp() {
    Ranking many = uniform(1, 0.5);
    Ranking few = Ranking.of(new float[] {-1, 2}, new boolean[] {true, false});
    assertTrue(many.dropped() > 0);
    assertEquals(0, few.dropped());
    many.plus(few).check(MANY / 2 + 1, MANY / 2 + 1);
    assertEquals(many.plus(few).auc(), few.plus(many).auc());
  }

  private static ClassCounts counts(long right, long labelled, long predicted, Ranking ranking) {
    return new ClassCounts(
        new long[] {right, 1},
        new long[] {labelled, 1},
        new long[] {predicted, 1},
        3,
        Optional.ofNullable(ranking));
  }

  @Test
  void whatCannotBeCountedIsRefused() {
    Ranking ranking = new Ranking(0, new int[] {1, 2}, new long[] {2, 0}, new long[] {0, 1});
    counts(2, 2, 2, ranking).check(3, true, 2);
    for (Measures wrong :
        new Measures[] {
          counts(3, 2, 2, ranking),
          counts(2, 3, 2, ranking),
          counts(2, 2, 1, ranking),
          counts(-1, 2, 2, ranking),
          counts(2, 2, 2, null),
          counts(2, 2, 2, new Ranking(0, new int[] {2, 1}, ranking.zeros(), ranking.ones())),
          counts(2, 2, 2, new Ranking(19, ranking.keys(), ranking.zeros(), ranking.ones())),
          counts(2, 2, 2, new Ranking(-1, ranking.keys(), ranking.zeros(), ranking.ones())),
          counts(
              2,
              2,
              2,
              new Ranking(0, new int[] {1, 2, 3}, new long[] {2, 0, 0}, new long[] {0, 1, 0})),
          new ClassCounts(
              new long[] {2, 1}, new long[] {2, 1}, new long[] {2, 1}, 4, Optional.of(ranking)),
          counts(2, 2, 2, new Ranking(0, ranking.keys(), ranking.ones(), ranking.ones())),
          counts(2, 2, 2, new Ranking(0, new int[1], ranking.zeros(), ranking.ones())),
          new ValueSums(3, new double[2], new double[2], new double[2], new double[2]),
        }) {
      assertThrows(IllegalArgumentException.class, () -> wrong.check(3, true, 2));
    }
    ValueSums sums = new ValueSums(3, new double[1], new double[1], new double[1], new double[1]);
    sums.check(3, false, 1);
    for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1}) {
      ValueSums deviating =
          new ValueSums(3, new double[1], new double[1], new double[1], new double[] {wrong});
      assertThrows(IllegalArgumentException.class, () -> deviating.check(3, false, 1));
    }
    ValueSums nowhere =
        new ValueSums(3, new double[1], new double[1], new double[] {Double.NaN}, new double[1]);
    assertThrows(IllegalArgumentException.class, () -> nowhere.check(3, false, 1));
    assertThrows(IllegalArgumentException.class, () -> sums.check(4, false, 1));
    assertThrows(IllegalArgumentException.class, () -> sums.check(3, false, 2));
    assertThrows(IllegalArgumentException.class, () -> sums.check(3, true, 1));
  }
}
