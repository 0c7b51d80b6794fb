package io.cordee.common.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScalingTest {

  @Test
  void itsTextIsReadToTheSameBits() {
    Random random = new Random(1);
    List<Double> shifts = new ArrayList<>();
    List<Double> scales = new ArrayList<>();
    for (int i = 0; i < Scaling.MOST; i++) {
      shifts.add(random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300));
      scales.add(random.nextDouble() * Math.pow(10, random.nextInt(600) - 300) + 1e-320);
    }
    Scaling scaling = new Scaling(shifts, scales);
    assertEquals(scaling, Scaling.parse(scaling.toText()));
    assertEquals(Scaling.NONE, Scaling.parse(Scaling.NONE.toText()));
    assertEquals("[[-0.5, 2.0]]", new Scaling(List.of(-0.5), List.of(2.0)).toText());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "[]",
        "[[1.0]]",
        "[[1.0, 2.0, 3.0]]",
        "[[1.0, NaN]]",
        "[[1.0, 0.0]]",
        "[[1.0, -1.0]]",
        "[[1.0, 1.0E999]]",
        "[[1.0, 1.0]",
        "[[0x1p3, 1.0]]",
        "[[1.0, 1.0], [2.0]]"
      })
  void anotherTextIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Scaling.parse(text));
  }

  @Test
  void theFirstFeatureThatDiffersIsNamed() {
    Columns expected =
        new Columns("a, b", "").scaled(new Scaling(List.of(1.0, 2.0), List.of(1.0, 3.0)));
    Columns found = expected.scaled(new Scaling(List.of(1.0, 2.0), List.of(1.0, 4.0)));
    assertEquals(
        Optional.of(
            "expected values of feature 1 (from 0) with shift 2.0 and scale 3.0; found 2.0 and 4.0"),
        expected.difference(found));
    assertEquals(
        Optional.of("expected 2 features to be scaled; found 0"),
        expected.difference(expected.scaled(Scaling.NONE)));
    assertEquals(Optional.empty(), expected.difference(expected));
    Columns named = expected.labelled(List.of("a", "b"));
    assertEquals(
        Optional.of("expected labels that are class indices; found the classes a, b"),
        expected.difference(named));
    assertEquals(
        Optional.of("expected the classes a, b; found labels that are class indices"),
        named.difference(expected));
  }
}
