package io.cordee.experiment.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GridTest {

  @Test
  void commasWithinBracketsArePartsOfAValue() {
    Axis axis = Axis.parse("model.layers=[64,10],[64, 32, 10],\"a,b\"");

    assertEquals("model.layers", axis.name());
    assertEquals(List.of("[64,10]", "[64, 32, 10]", "\"a,b\""), axis.values());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "optimizer", "=gd", "optimizer=", "optimizer=gd,", "optimizer=gd,gd"})
  void whatIsNoKeyWithValuesIsRefused(String text) {
    GridException refused = assertThrows(GridException.class, () -> Axis.parse(text));

    assertTrue(refused.getMessage().contains("optimizer=gd,adam"), refused::getMessage);
  }

  @Test
  void everyCombinationIsACellWithEachSeedAndTheFirstSeedComesFirst() {
    Grid grid =
        new Grid(
            List.of(Axis.parse("optimizer=gd,adam"), Axis.parse("batch=full,256")),
            Grid.seeds("2"));

    assertEquals(
        List.of(
            "gd full 1",
            "gd 256 1",
            "adam full 1",
            "adam 256 1",
            "gd full 2",
            "gd 256 2",
            "adam full 2",
            "adam 256 2"),
        grid.cells().stream().map(cell -> cell.label() + " " + cell.seed()).toList());
  }

  @Test
  void noTwoCellsShareAFolderAndNoneLeavesIt() {
    Grid grid = new Grid(List.of(Axis.parse("name=../x,a b,a:b,.,rprop+,rprop-")), Grid.seeds("1"));

    List<String> folders = grid.cells().stream().map(Cell::folder).toList();

    assertEquals(folders.size(), folders.stream().distinct().count(), folders::toString);
    assertTrue(folders.stream().allMatch(name -> name.matches("\\w[\\w.+-]*")), folders::toString);
    assertTrue(
        folders.contains("rprop+_seed-1") && folders.contains("rprop-_seed-1"), folders::toString);
  }

  @Test
  void aRangeOfSeedsIsAllOfThem() {
    assertEquals(
        "11 12 13",
        Grid.seeds("11..13").stream().map(String::valueOf).collect(Collectors.joining(" ")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "3..1", "1..", "x", "1..1000000"})
  void whatIsNoNumberOfSeedsIsRefused(String text) {
    assertThrows(GridException.class, () -> new Grid(List.of(), Grid.seeds(text)));
  }

  @Test
  void anAxisMayBeGivenOnce() {
    List<Axis> twice = List.of(Axis.parse("optimizer=gd,adam"), Axis.parse("optimizer.name=rprop"));

    assertThrows(GridException.class, () -> new Grid(twice, List.of(1L)));
  }

  @Test
  void valuesToTryAreSpacedByRatio() {
    assertEquals(
        new Axis("optimizer.learning_rate", List.of("1.0E-4", "0.001", "0.01", "0.1")),
        Axis.range("learning_rate=1e-4..1e-1:log:4"));
    assertEquals(7, Axis.range("optimizer.beta=0.1..0.9:linear").values().size());
    assertEquals(Axis.range("learning_rate=1..2:log"), Axis.range("learning_rate=1..2"), "default");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "learning_rate",
        "learning_rate=1",
        "a=1..0:log",
        "a=0..1:log",
        "a=1..2:cubic",
        "a=1..2:log:1",
        "a=x..2:log"
      })
  void whatIsNoRangeIsRefused(String text) {
    GridException refused = assertThrows(GridException.class, () -> Axis.range(text));

    assertTrue(
        refused.getMessage().contains("expected KEY=FROM..TO, such as learning_rate=1e-4..1e-1,"),
        refused::getMessage);
  }
}
