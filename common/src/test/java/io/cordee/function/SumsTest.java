package io.cordee.function;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SumsTest {

  @Test
  void addsGradientsAndWhatGoesWithThem() {
    Sums left = sums(2, 1, 2, 3, 4);
    left.add(sums(2, 10, 20, 30, 40));
    assertArrayEquals(new float[] {11, 22}, left.gradient());
    assertArrayEquals(new float[] {33, 44}, left.extra());
    left.clear();
    assertArrayEquals(new float[2], left.gradient());
    assertArrayEquals(new float[2], left.extra());
  }

  @Test
  void hasRoomForWhatItsWidthSays() {
    assertEquals(0, new Sums(5, 1).extra().length);
    assertEquals(5, new Sums(5, 2).extra().length);
    assertEquals(25, new Sums(5, 6).extra().length);
  }

  @Test
  void refusesSumsOfAnotherKind() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new Sums(5, 2).add(new Sums(5, 1)));
    assertEquals("expected sums of 5 parameters, width 2; found 5, width 1", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Sums(5, 1).add(new Sums(4, 1)));
    assertThrows(IllegalArgumentException.class, () -> new Sums(5, 0));
  }

  private static Sums sums(int parameters, float... values) {
    Sums sums = new Sums(parameters, 2);
    System.arraycopy(values, 0, sums.gradient(), 0, parameters);
    System.arraycopy(values, parameters, sums.extra(), 0, parameters);
    return sums;
  }
}
