package io.cordee.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxesTest {

  @Test
  void ticksAreRoundNumbersWithinTheRange() {
    assertEquals(List.of(5.0, 10.0, 15.0, 20.0, 25.0), Axes.round(0, 26, 6));
    assertEquals(List.of(-1.0, 0.0, 1.0), Axes.round(-1.7, 1.7, 4));
    assertEquals(
        List.of(0.2, 0.4),
        Axes.round(0.1, 0.5, 3).stream().map(x -> Math.rint(x * 10) / 10).toList());
  }

  @Test
  void aLogarithmicViewPutsPowersAtEqualDistances() {
    View view = new View(0, 1, 0.01, 100, 10, 40, true);
    assertEquals(40, view.py(0.01), 1e-9);
    assertEquals(30, view.py(0.1), 1e-9);
    assertEquals(20, view.py(1), 1e-9);
    assertThrows(IllegalArgumentException.class, () -> new View(0, 1, 0, 1, 9, 9, true));
  }

  @Test
  void pixelsAreRoundedToATenthAndKeptNear() {
    assertEquals("0", View.number(-0.04));
    assertEquals("3.1", View.number(3.14));
    assertEquals("9999", View.number(1e30));
  }
}
