package io.cordee.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AxesTest {

  @Test
  void aLogarithmicViewPutsPowersAtEqualDistances() {
    View view = new View(0, 1, 0.01, 100, 10, 40, true);
    assertEquals(40, view.py(0.01), 1e-9);
    assertEquals(30, view.py(0.1), 1e-9);
    assertEquals(20, view.py(1), 1e-9);
    assertThrows(IllegalArgumentException.class, () -> new View(0, 1, 0, 1, 9, 9, true));
  }
}
