package io.cordee.common.svg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SvgTest {

  @Test
  void ticksAreRoundNumbersWithinTheRange() {
    assertEquals(List.of(5.0, 10.0, 15.0, 20.0, 25.0), Ticks.even(0, 26, 6));
    assertEquals(List.of(-1.0, 0.0, 1.0), Ticks.even(-1.7, 1.7, 4));
    assertEquals(
        List.of(0.2, 0.4),
        Ticks.even(0.1, 0.5, 3).stream().map(x -> Math.rint(x * 10) / 10).toList());
    assertEquals(List.of(0.01, 0.1, 1.0), Ticks.decades(0.01, 10));
    assertEquals(List.of(10.0), Ticks.decades(2, 99));
  }

  @Test
  void pixelsAreRoundedToATenthAndKeptNear() {
    assertEquals("0", Svg.number(-0.04));
    assertEquals("3.1", Svg.number(3.14));
    assertEquals("9999", Svg.number(1e30));
  }

  @Test
  void whatIsNoNumberIsEscaped() {
    Svg svg = new Svg();
    svg.open("g id='%s'", "a\"b").text("<1 & 2>", "text x='%s'", 1.25).close();
    assertEquals(
        "<g id=\"a&quot;b\"><text x=\"1.3\">&lt;1 &amp; 2&gt;</text></g>\n", svg.toString());
    assertThrows(IllegalStateException.class, () -> new Svg().open("g").toString());
  }
}
