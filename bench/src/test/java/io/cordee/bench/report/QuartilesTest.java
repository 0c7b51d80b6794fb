package io.cordee.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class QuartilesTest {

  @Test
  void ofAnOddNumberTheMedianIsTheOneInTheMiddle() {
    assertEquals(new Quartiles(3, 2, 4, 5), Quartiles.of(new double[] {5, 1, 3, 2, 4}));
  }

  @Test
  void betweenTwoItIsInProportion() {
    assertEquals(new Quartiles(2.5, 1.75, 3.25, 4), Quartiles.of(new double[] {4, 3, 2, 1}));
  }

  @Test
  void ofOneEverythingIsThatOne() {
    assertEquals(new Quartiles(7, 7, 7, 1), Quartiles.of(new double[] {7}));
  }

  @Test
  void whatItIsTakenOfStaysAsItWas() {
    double[] measurements = {2, 1};
    Quartiles.of(measurements);
    assertEquals(2, measurements[0]);
  }

  @Test
  void ofNothingThereIsNone() {
    assertThrows(IllegalArgumentException.class, () -> Quartiles.of(new double[0]));
  }
}
