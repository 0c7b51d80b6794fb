package io.cordee.common.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.optimizer.LearningRate.Shape;
import org.junit.jupiter.api.Test;

class LearningRateTest {

  private static void assertRates(LearningRate rate, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals((float) expected[i], rate.at(i + 1), 1e-7f, "round " + (i + 1));
    }
  }

  @Test
  void aConstantRateStays() {
    assertRates(new LearningRate(0.5, Shape.CONSTANT, 2, 0.1, 0), 0.5, 0.5, 0.5, 0.5, 0.5);
  }

  @Test
  void stepsComeAfterSoManyRounds() {
    assertRates(new LearningRate(8, Shape.STEP, 2, 0.25, 0), 8, 8, 2, 2, 0.5, 0.5, 0.125, 0.125);
  }

  @Test
  void halfACosineFallsToItsEndAndStaysThere() {
    // cos 0, π/4, π/2, 3π/4, π; from 1 to 1/2
    double quarter = Math.sqrt(0.5) / 4;
    assertRates(
        new LearningRate(1, Shape.COSINE, 4, 0.5, 0),
        1,
        0.75 + quarter,
        0.75,
        0.75 - quarter,
        0.5,
        0.5,
        0.5);
  }

  @Test
  void warmUpRisesInEqualPartsAndTheScheduleBeginsAfterIt() {
    assertRates(new LearningRate(1, Shape.STEP, 1, 0.5, 4), 0.25, 0.5, 0.75, 1, 1, 0.5, 0.25);
  }

  @Test
  void aPartOfARoundTakesItsShareOfTheRoundsRate() {
    LearningRate rate = new LearningRate(8, Shape.STEP, 2, 0.25, 0);
    assertEquals(8, rate.at(new RoundScalars(2, 40, 0, 0)));
    assertEquals(2, rate.at(RoundScalars.ofPart(2, 10, 0, 40, 7)));
    assertEquals(0.5, rate.at(RoundScalars.ofPart(3, 10, 0, 40, 2)));
    assertEquals(4, rate.forUnitSteps(RoundScalars.ofPart(2, 10, 0, 40, 7)));
  }

  @Test
  void aRateOfTheLastPossibleRoundIsStillDefined() {
    assertEquals(0, new LearningRate(1, Shape.STEP, 1, 0.5, 0).at(Integer.MAX_VALUE));
    assertEquals(
        0.5f, new LearningRate(1, Shape.COSINE, 1_000_000_000, 0.5, 0).at(Integer.MAX_VALUE));
  }
}
