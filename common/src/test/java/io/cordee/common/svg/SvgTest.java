package io.cordee.common.svg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SvgTest {

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
