package io.cordee.common.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class OutsideTextTest {

  @Test
  void whatSteersATerminalIsNotShown() {
    assertEquals("a_[31mb c_ _d", OutsideText.printable("a\u001b[31mb\r\n c\u202e\t\u0000d", 100));
    assertEquals("caf\u00e9 \u732b", OutsideText.printable("caf\u00e9 \u732b", 100));
  }

  @Test
  void longTextsAreCut() {
    assertEquals("abc", OutsideText.printable("abcdef", 3));
    assertEquals("a_", OutsideText.printable("a\ud83e\uddd7", 2));
    assertEquals(64, OutsideText.name("x".repeat(1 << 20)).length());
  }

  @Test
  void aMessageKeepsItsLinesButNothingThatSteers() {
    assertEquals("a:\n\tb_[31m_", OutsideText.message("a:\n\tb\u001b[31m\r"));
  }

  @Test
  void ofALongNameInAMessageTheMiddleIsLeftOut() {
    String path = "/" + "d".repeat(380) + "e";
    assertEquals(path + ": no such file", OutsideText.message(path + ": no such file"));
    assertEquals(
        "/" + "d".repeat(199) + "…" + "d".repeat(94) + ".yaml: no such file",
        OutsideText.message("/" + "d".repeat(5000) + ".yaml: no such file"));
  }

  @Test
  void namesAreOfLettersDigitsAndAFewMarks() {
    assertEquals("host-7:12@a.b_c", OutsideText.name("host-7:12@a.b/c"));
    assertEquals("", OutsideText.name(""));
  }

  @Property
  void nothingThatIsShownSteersAnything(@ForAll String text) {
    String shown = OutsideText.printable(text, 50);
    assertTrue(shown.length() <= 50);
    assertTrue(shown.codePoints().noneMatch(Character::isISOControl), shown);
    assertTrue(shown.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE));
  }
}
