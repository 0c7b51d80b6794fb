package io.cordee.common.job.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ColumnsTest {

  private static Columns features(String... names) {
    return Columns.of(List.of(names), List.of());
  }

  @Test
  void anotherOrderIsADifference() {
    assertEquals(
        Optional.of("expected the features a, b, c; found b, a, c"),
        features("a", "b", "c").difference(features("b", "a", "c")));
    assertEquals(Optional.empty(), features("a", "b").difference(features("a", "b")));
  }

  @Test
  void whatIsTheSameBeforeItIsLeftOut() {
    assertEquals(
        Optional.of("expected the features ..., width, x; found ..., wide, x"),
        features("id", "height", "width", "x").difference(features("id", "height", "wide", "x")));
  }

  @Test
  void targetsAreComparedWhereBothAreKnown() {
    Columns two = Columns.of(List.of("a"), List.of("y", "z"));
    assertEquals(
        Optional.of("expected the targets y, z; found z, y"),
        two.difference(Columns.of(List.of("a"), List.of("z", "y"))));
    assertEquals(Optional.empty(), two.difference(features("a")));
  }

  @Test
  void withoutAHeaderThereIsNothingToCompare() {
    assertEquals(Optional.empty(), Columns.UNKNOWN.difference(features("a")));
    assertEquals(Optional.empty(), features("a").difference(Columns.UNKNOWN));
  }

  @Test
  void namesMayBeAnyTexts() {
    assertNotEquals(features("a", "b,c"), features("a,b", "c"));
    assertNotEquals(features("a, b"), features("a", "b"));
    assertTrue(features("").areKnown());
    assertEquals(
        Optional.of("expected the features a_[2J; found b"),
        features("a\u001b[2J").difference(features("b")));
  }

  @Test
  void namesAreFoundAgainInTheLine() {
    List<String> names =
        List.of(
            "a".repeat(5_000) + ",",
            "a",
            "",
            "b, c",
            "\"d\"",
            " e ",
            "ü",
            ",",
            "50000 names",
            "x\ny",
            "\"",
            "");
    assertEquals(names, Columns.of(names, List.of("t")).featureNames());
    assertEquals(List.of("t"), Columns.of(names, List.of("t")).targetNames());
    assertEquals(List.of(""), features("").featureNames());
    assertEquals(List.of(), Columns.UNKNOWN.featureNames());
  }

  @Test
  void ofVeryManyNamesAChecksumIsKept() {
    List<String> names =
        IntStream.range(0, 50_000).mapToObj(i -> "gene" + i).collect(Collectors.toList());
    Columns many = Columns.of(names, List.of());
    assertTrue(many.features().length() < 100, many::features);
    assertTrue(many.features().startsWith("50000 names with checksum "), many::features);
    assertEquals(List.of(), many.featureNames());
    names.set(0, names.set(1, names.get(0)));
    assertTrue(many.difference(Columns.of(names, List.of())).isPresent());
  }
}
