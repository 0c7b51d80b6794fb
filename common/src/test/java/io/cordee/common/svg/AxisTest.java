package io.cordee.common.svg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import io.cordee.common.file.Resource;
import io.cordee.common.svg.Axis.Mark;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The cases of {@code axes.json}, which a browser plays with {@code curves.js} too. */
class AxisTest {

  private record Case(
      double low,
      double high,
      boolean isLog,
      Unit unit,
      double from,
      double to,
      List<String> labels,
      int lines,
      double[] ends) {}

  private static List<Case> cases(String of) {
    Map<String, List<Case>> all =
        new Gson()
            .fromJson(
                Resource.read(AxisTest.class, "axes.json"),
                new TypeToken<Map<String, List<Case>>>() {});
    return all.get(of);
  }

  @Test
  void marksAreRoundNumbersWithRoomBetweenTheirLabels() {
    for (Case it : cases("marks")) {
      Axis axis = new Axis(it.low(), it.high(), it.isLog(), it.unit(), it.from(), it.to());
      List<String> labels = axis.marks().stream().map(Mark::label).toList();
      assertEquals(
          it.labels(), labels.stream().filter(label -> !label.isEmpty()).toList(), it::toString);
      assertEquals(it.lines(), labels.stream().filter(String::isEmpty).count(), it::toString);
    }
  }

  @Test
  void marksAscendAndAreExactDecimals() {
    Axis axis = new Axis(0.05, 0.95, false, Unit.NUMBER, 300, 0);
    assertEquals(
        List.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
        axis.marks().stream().map(Mark::value).toList());
    List<Double> lines =
        new Axis(0.3, 20, true, Unit.NUMBER, 300, 0).marks().stream().map(Mark::value).toList();
    assertEquals(lines.stream().sorted().toList(), lines);
    assertTrue(lines.containsAll(List.of(0.3, 0.7, 20.0)), lines::toString);
  }

  @Test
  void axesEndAtOrBesideTheirValues() {
    for (Case it : cases("up")) {
      Axis axis = Axis.up(it.low(), it.high(), it.isLog(), Unit.NUMBER, 0, 1);
      assertArrayEquals(it.ends(), new double[] {axis.low(), axis.high()}, 1e-12, it::toString);
    }
    for (Case it : cases("across")) {
      Axis axis = Axis.across(it.low(), it.high(), it.isLog(), Unit.COUNT, 0, 1);
      assertArrayEquals(it.ends(), new double[] {axis.low(), axis.high()}, 1e-12, it::toString);
    }
  }

  @Test
  void lossesThatFallByMoreThanTenfoldAreDrawnByRatio() {
    for (Case it : cases("byRatio")) {
      assertEquals(it.isLog(), Axis.isByRatio(it.low(), it.high()), it::toString);
    }
  }

  @Test
  void equalRatiosAreEquallyFarApart() {
    Axis axis = new Axis(0.01, 100, true, Unit.NUMBER, 40, 0);
    assertEquals(40, axis.at(0.01), 1e-9);
    assertEquals(30, axis.at(0.1), 1e-9);
    assertEquals(0, axis.at(100), 1e-9);
  }
}
