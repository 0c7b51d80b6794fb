package io.cordee.experiment.compare;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.run.Measure;
import io.cordee.experiment.compare.Comparison.Summary;
import io.cordee.experiment.grid.Axis;
import io.cordee.experiment.grid.Budget;
import io.cordee.experiment.grid.Grid;
import io.cordee.experiment.grid.GridException;
import io.cordee.experiment.grid.Planner;
import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.grid.Presets;
import io.cordee.experiment.run.ComparisonNote;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.MadeUpRun;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

  private static final long ROWS = 1437;

  @TempDir private Path parent;

  private final List<String> trained = new ArrayList<>();
  private final List<String> sets = new ArrayList<>(List.of("stop.rounds=4"));
  private Function<Planned, RunNote.End> ends =
      planned -> new RunNote.End(RunNote.End.COMPLETED, "completed after 4 rounds");
  private Optional<IOException> failure = Optional.empty();
  private Optional<Presets> own = Optional.empty();
  private Optional<Tuning> tuning = Optional.empty();

  private Path folder() {
    return parent.resolve("comparison");
  }

  private Summary compare(String seeds, String... axes) throws IOException {
    Grid grid = new Grid(List.of(axes).stream().map(Axis::parse).toList(), Grid.seeds(seeds));
    Planner planner =
        new Planner(new Planner.Origin(Optional.empty(), sets, own, Budget.OF_JOB, ROWS, 4), grid);
    Comparison.Setup setup =
        new Comparison.Setup(
            "digits",
            folder(),
            planner,
            tuning,
            List.of(),
            List.of("compare"),
            "test",
            new RunNote.Team(4, 1, 1, "processes"));
    return new Comparison(setup, this::train, new ComparisonListener() {}).run();
  }

  private RunNote.End train(Planned planned, Path run, IntConsumer rounds) throws IOException {
    if (failure.isPresent()) {
      throw failure.get();
    }
    assertFalse(Files.exists(run), "the folder of a cell is new");
    trained.add(planned.cell().label() + " " + planned.cell().seed());
    MadeUpRun.write(run, planned.job(), MadeUpRun.halving(4, 1));
    rounds.accept(4);
    return ends.apply(planned);
  }

  private List<String> results() throws IOException {
    return Files.readAllLines(folder().resolve(ResultsFile.NAME));
  }

  @Test
  void everyCellIsTrainedOnceAndHasARowAndAReport() throws IOException {
    Summary summary = compare("2", "optimizer=gd,adam");

    assertEquals(List.of("gd 1", "adam 1", "gd 2", "adam 2"), trained);
    assertEquals(4, summary.runs().size());
    assertEquals(5, results().size());
    assertTrue(results().get(1).startsWith("gd,1,completed,4,"), results().get(1));
    assertTrue(Files.exists(folder().resolve("report.html")));
  }

  @Test
  void aFileOfTheSameNameAsItsNoteIsNotReplaced() throws IOException {
    Files.createDirectories(folder());
    Path mine = Files.writeString(folder().resolve("comparison.json"), "{\"mine\": true}");

    IOException refusal = assertThrows(IOException.class, () -> compare("1", "optimizer=gd"));

    assertTrue(refusal.getMessage().contains("not what cordee compare writes"));
    assertEquals("{\"mine\": true}", Files.readString(mine));
    assertEquals(List.of(), trained);
  }

  @Test
  void whatIsFinishedIsShownWhenTheDiskFillsUp() {
    ends =
        planned -> {
          if (trained.size() == 3) {
            throw new UncheckedIOException(new IOException("no space left on device"));
          }
          return new RunNote.End(RunNote.End.COMPLETED, "completed after 4 rounds");
        };
    assertThrows(UncheckedIOException.class, () -> compare("2", "optimizer=gd,adam"));
    assertEquals(3, assertDoesNotThrow(this::results).size(), "two cells and the heading");
  }

  @Test
  void aCellThatCannotBeWrittenIsNamed() {
    failure = Optional.of(new IOException("No space left on device"));

    IOException full = assertThrows(IOException.class, () -> compare("1", "optimizer=gd"));

    assertTrue(full.getMessage().contains("cells/gd_seed-1: no space left"), full::getMessage);
  }

  @Test
  void finishedCellsAreKeptAndNewOnesAreAdded() throws IOException {
    compare("1", "optimizer=gd,adam");
    trained.clear();

    Summary summary = compare("2", "optimizer=gd,adam,rprop");

    assertEquals(List.of("rprop 1", "gd 2", "adam 2", "rprop 2"), trained);
    assertEquals(6, summary.runs().size());
    assertEquals(7, results().size());
  }

  @Test
  void aGridGrowsInEveryDirectionWithoutDoingAnythingTwice() throws IOException {
    compare("1", "optimizer=gd,adam", "batch=full");
    trained.clear();

    compare("1", "optimizer=adam,rprop+,gd", "batch=64,full");

    assertEquals(List.of("adam 64 1", "rprop+ 64 1", "rprop+ full 1", "gd 64 1"), trained);
  }

  @Test
  void aCellThatIsKeptSaysWhereItsSettingsAreFromNow() throws IOException {
    compare("1", "optimizer=rprop");
    trained.clear();
    own = Optional.of(Presets.builtIn());

    Summary summary = compare("1", "optimizer=rprop");

    assertEquals(List.of(), trained, "the job's settings are those of the preset");
    assertEquals("preset", summary.runs().get(0).note().orElseThrow().source());
  }

  @Test
  void aCellWhoseJobHasChangedBeginsAgain() throws IOException {
    compare("1", "optimizer=gd,adam");
    trained.clear();
    sets.add("optimizer.learning_rate=0.123");

    compare("1", "optimizer=gd,adam");

    assertEquals(List.of("gd 1", "adam 1"), trained);
  }

  @Test
  void anInterruptedCellBeginsAgainAndWhatWasFinishedIsKept() throws IOException {
    ends =
        planned ->
            planned.cell().label().equals("adam")
                ? new RunNote.End(RunNote.End.INTERRUPTED, "interrupted")
                : new RunNote.End(RunNote.End.COMPLETED, "");
    Summary interrupted = compare("1", "optimizer=gd,adam,rprop");

    assertTrue(interrupted.isInterrupted());
    assertEquals(2, results().size(), "the header and gd");
    trained.clear();
    ends = planned -> new RunNote.End(RunNote.End.COMPLETED, "");
    Summary resumed = compare("1", "optimizer=gd,adam,rprop");

    assertFalse(resumed.isInterrupted());
    assertEquals(List.of("adam 1", "rprop 1"), trained);
  }

  @Test
  void anInterruptBeforeTheFirstRoundIsNoFailure() throws IOException {
    ends =
        planned -> {
          Path cell = folder().resolve("cells").resolve(planned.cell().folder());
          assertDoesNotThrow(() -> Files.delete(cell.resolve("metrics.csv")));
          return new RunNote.End(RunNote.End.INTERRUPTED, "interrupted");
        };
    Summary interrupted = compare("1", "optimizer=gd,adam");

    assertTrue(interrupted.isInterrupted());
    assertEquals(List.of(), interrupted.runs());
    assertEquals(1, results().size(), "the header alone");
  }

  @Test
  void aCellThatDivergesIsAResultAndDoesNotStopTheOthers() throws IOException {
    String why = "round 3: the loss over partitions 0 to 3, from worker-1, is not finite";
    ends =
        planned ->
            planned.cell().label().equals("gd")
                ? new RunNote.End(RunNote.End.FAILED, why)
                : new RunNote.End(RunNote.End.COMPLETED, "");
    compare("1", "optimizer=gd,adam");

    assertEquals(List.of("gd 1", "adam 1"), trained);
    assertTrue(results().get(1).startsWith("gd,1,failed,"), results().get(1));
    assertTrue(results().get(1).contains(why), results().get(1));
    trained.clear();
    compare("1", "optimizer=gd,adam");

    assertEquals(List.of(), trained, "it would diverge again");
  }

  @Test
  void aCellThatFailedForAnotherReasonIsTriedAgain() throws IOException {
    ends = planned -> new RunNote.End(RunNote.End.FAILED, "no space left on device");
    compare("1", "optimizer=gd");
    trained.clear();

    compare("1", "optimizer=gd");

    assertEquals(List.of("gd 1"), trained);
  }

  @Test
  void aFolderWithSomethingElseIsLeftAlone() throws IOException {
    Files.createDirectories(folder());
    Path other = Files.writeString(folder().resolve("thesis.txt"), "mine");

    GridException refused = assertThrows(GridException.class, () -> compare("1", "optimizer=gd"));

    assertTrue(refused.getMessage().contains("--out"), refused::getMessage);
    assertEquals("mine", Files.readString(other));
  }

  @Test
  void whatStandsInTheFolderOfACellAndIsNoRunIsLeftAlone() throws IOException {
    compare("1", "optimizer=gd");
    Path cell = Files.createDirectories(folder().resolve("cells/adam_seed-1"));
    Path other = Files.writeString(cell.resolve("notes.txt"), "mine");

    IOException refused = assertThrows(IOException.class, () -> compare("1", "optimizer=gd,adam"));

    assertTrue(refused.getMessage().contains("something else"), refused::getMessage);
    assertEquals("mine", Files.readString(other));
  }

  @Test
  void settingsAreLookedForOnTheFirstSeedAndUsedForAll() throws IOException {
    tuning =
        Optional.of(
            new Tuning(List.of(Axis.range("learning_rate=0.1..0.4:linear:4")), Measure.LOSS, 0.5));
    List<Double> tried = new ArrayList<>();
    List<Double> used = new ArrayList<>();
    ends =
        planned -> {
          boolean isTrial = planned.job().stop().rounds() == 2;
          double rate = planned.job().optimizer().settings().number("learning_rate");
          (isTrial ? tried : used).add(rate);
          if (isTrial) {
            Path trials = folder().resolve("trials").resolve(planned.cell().folder());
            MadeUpRun.write(
                trials.resolve("learning_rate_" + rate),
                planned.job(),
                "0,9.0,0.1,,0.0,,a\n2," + Math.abs(rate - 0.3) + ",0.1,,1.0,,b\n");
          }
          return new RunNote.End(RunNote.End.COMPLETED, "");
        };
    Summary summary = compare("2", "optimizer=gd");

    assertEquals(List.of(0.1, 0.2, 0.3, 0.4), tried);
    assertEquals(List.of(0.3, 0.3), used);
    ComparisonNote.Tuned tuned = summary.note().tuned().get(0);
    assertEquals("learning_rate=0.3", tuned.chosen());
    assertFalse(tuned.isAtTheEdge());
    Run run = summary.runs().get(0);
    assertEquals("tuned learning_rate", run.note().orElseThrow().source());
  }

  @Test
  void ofManyTrialsTheBetterThirdIsTriedAgainForLonger() throws IOException {
    sets.add("stop.rounds=36");
    tuning =
        Optional.of(
            new Tuning(
                List.of(
                    Axis.range("learning_rate=0.1..0.4:linear:4"),
                    Axis.range("beta=0.1..0.4:linear:4")),
                Measure.LOSS,
                0.5));
    Map<Integer, List<String>> tried = new TreeMap<>();
    ends =
        planned -> {
          int rounds = planned.job().stop().rounds();
          double rate = planned.job().optimizer().settings().number("learning_rate");
          double beta = planned.job().optimizer().settings().number("beta");
          tried.computeIfAbsent(rounds, key -> new ArrayList<>()).add(rate + " " + beta);
          if (rounds < 36) {
            // Short trials favour the larger rate, long ones the smaller.
            double loss = rounds == 6 ? 1 - rate + beta / 100 : rate + beta / 100;
            Path trials =
                folder()
                    .resolve("trials")
                    .resolve(planned.cell().folder() + (rounds == 6 ? "_6_rounds" : ""));
            MadeUpRun.write(
                trials.resolve("learning_rate_" + rate + "_beta_" + beta),
                planned.job(),
                "0,9.0,0.1,,0.0,,a\n" + rounds + "," + loss + ",0.1,,1.0,,b\n");
          }
          return new RunNote.End(RunNote.End.COMPLETED, "");
        };
    Summary summary = compare("1", "optimizer=momentum");

    assertEquals(List.of(6, 18, 36), List.copyOf(tried.keySet()));
    assertEquals(16, tried.get(6).size());
    assertEquals(
        List.of("0.4 0.1", "0.4 0.2", "0.4 0.3", "0.4 0.4", "0.3 0.1", "0.3 0.2"), tried.get(18));
    assertEquals(List.of("0.3 0.1"), tried.get(36));
    ComparisonNote.Tuned tuned = summary.note().tuned().get(0);
    assertEquals(16, tuned.scores().size());
    assertTrue(tuned.how().endsWith("with 6 rounds up to 18 rounds"), tuned.how());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "foo=1..2 | --tune foo: unknown key (expected: learning_rate, ",
        "learning_rat=1..2 | did you mean \"learning_rate\"?",
        "after_flip=1..2 | give its words with --vary optimizer.after_flip",
        "beta=0.1..0.9 | no optimizer of this comparison has it: gd has learning_rate, ",
        "optimizer.learning_rate=-1..1:linear | learning_rate",
      })
  void aRangeThatCannotBeTriedIsRefusedBeforeAnythingIsTrained(String range, String why) {
    tuning = Optional.of(new Tuning(List.of(Axis.range(range)), Measure.LOSS, 0.5));

    GridException refused =
        assertThrows(GridException.class, () -> compare("1", "optimizer=gd,rprop"));

    assertTrue(refused.getMessage().contains("--tune"), refused::getMessage);
    assertTrue(refused.getMessage().contains(why), refused::getMessage);
    assertFalse(Files.exists(folder()), "nothing was begun");
  }

  @Test
  void aSettingThatIsVariedCannotBeTunedAsWell() {
    tuning = Optional.of(new Tuning(List.of(Axis.range("learning_rate=1..2")), Measure.LOSS, 0.5));
    sets.add("optimizer.name=gd");

    GridException refused =
        assertThrows(GridException.class, () -> compare("1", "optimizer.learning_rate=0.1,0.2"));

    assertTrue(refused.getMessage().contains("varied as well"), refused::getMessage);
  }

  @Test
  void aTableTellsHowManySeedsWereSolvedAndWhen() throws IOException {
    sets.add("stop.tolerance=0.4");
    ends =
        planned ->
            new RunNote.End(
                RunNote.End.COMPLETED,
                planned.cell().seed() == 3
                    ? "completed after 4 rounds"
                    : "completed after 4 rounds (every output is within tolerance)");
    Summary summary = compare("3", "optimizer=gd");

    List<String> lines = ConsoleTables.solved(List.of("optimizer"), Group.ofCells(summary.runs()));

    assertEquals(2, lines.size());
    assertTrue(lines.get(1).matches("gd +2/3 +67 % +4\\.0 +0\\.0 +4 +4 +4"), lines.get(1));
  }
}
