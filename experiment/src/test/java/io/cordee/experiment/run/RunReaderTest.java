package io.cordee.experiment.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.model.ModelFile;
import io.cordee.common.run.Measure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunReaderTest {

  @TempDir private Path folder;

  private final Job job = MadeUpRun.job("batch=256");

  private Run read(String rows) {
    return MadeUpRun.read(MadeUpRun.write(folder, job, rows));
  }

  @Test
  void aRunOfOneRowIsARun() {
    Run run = read("0,2.5,0.1,0.2,0.000000,,00000000000000aa\n");

    assertEquals(0, run.metrics().lastRound());
    assertEquals(2.5, run.metrics().last(Measure.LOSS));
    assertEquals("00000000000000aa", run.metrics().digest());
  }

  @Test
  void theNoteOfARunThatWasTrainedOnAndBrokenOffIsNotBelieved() throws Exception {
    MadeUpRun.write(folder, job, "0,2.5,0.1,0.2,0.000000,,00000000000000aa\n");
    RunNote.End end = new RunNote.End(RunNote.End.COMPLETED, "completed after 10 rounds");
    MadeUpRun.note(folder, job, Map.of(), 1, end);
    model("completed after 10 rounds");
    assertEquals(end.kind(), RunReader.read(folder).end());

    model("interrupted after round 12");

    assertEquals(RunNote.End.INTERRUPTED, RunReader.read(folder).end());
  }

  private void model(String outcome) throws Exception {
    float[] parameters = new float[job.model().layout().parameters()];
    ModelFile.write(
        folder.resolve("model.safetensors"), job.model(), parameters, Map.of("outcome", outcome));
  }

  @Test
  void aRunWithoutRowsIsEmpty() {
    Run run = read("");

    assertEquals(0, run.metrics().size());
    assertEquals(RunNote.End.OPEN, run.end());
    assertTrue(Double.isNaN(run.metrics().last(Measure.LOSS)));
  }

  @Test
  void aRowThatWasCutShortEndsTheTable() {
    Run run = read("0,2.5,0.1,0.2,0.0,,a\n1,2.25,0.2,,1.0,1437.0,b\n2,2.1");

    assertArrayEquals(new int[] {0, 1}, run.metrics().rounds());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2,2.1 | expected 7 values; found \"2,2.1\"",
        "2,\"2.1,0.2,,1.0,9.0,c | expected numbers; found",
        "2,2.x1,0.2,,1.0,9.0,c | expected numbers; found",
        "x,2.1,0.2,,1.0,9.0,c | expected the number of a round first; found",
        "1,2.1,0.2,,1.0,9.0,c | expected a round above 1 first; found",
      })
  void aDamagedRowInTheMiddleEndsTheTableAndIsNamed(String row, String why) {
    String begin = "0,2.5,0.1,0.2,0.0,,a\n1,2.25,0.2,,1.0,1437.0,b\n";
    String end = "\n3,2.1,0.2,,1.0,9.0,d\n4,2.1,0.2,,1.0,9.0,e\n";

    Run run = read(begin + row + end);

    assertArrayEquals(new int[] {0, 1}, run.metrics().rounds());
    String damage = run.metrics().damage();
    assertTrue(damage.startsWith(folder.resolve("metrics.csv") + ", line 4: " + why), damage);
    assertTrue(damage.endsWith("; it is left out, and so are the 2 rows behind it"), damage);
  }

  @Test
  void aLastRowIsDamagedOnlyIfItWasWrittenToItsEnd() {
    String begin = "0,2.5,0.1,0.2,0.0,,a\n";

    assertEquals("", read(begin + "1,2.2").metrics().damage());
    assertTrue(read(begin + "1,2.2\n").metrics().damage().endsWith("; it is left out"));
    assertEquals("", read(begin).metrics().damage());
  }

  @Test
  void lossesThatAreNoNumbersCountAsNotMeasured() {
    Run run = read("0,2.5,0.1,,0.0,,a\n1,NaN,0.2,,1.0,9.0,b\n2,Infinity,0.2,,1.0,9.0,c\n");

    assertEquals(2.5, run.metrics().last(Measure.LOSS));
    assertTrue(Double.isNaN(new Target(false, 0.1).cost(run, Run.Scale.ROUNDS)));
  }

  @Test
  void otherColumnsMayStandBetween() throws IOException {
    MadeUpRun.write(folder, job, "");
    Files.writeString(
        folder.resolve("metrics.csv"), "round,bytes,loss,seconds\n0,5,2.0,0.0\n1,6,1.0,3.0\n");

    Run run = RunReader.read(folder);

    assertEquals(1.0, run.metrics().last(Measure.LOSS));
    assertEquals(3.0, run.metrics().lastSeconds());
  }

  @Test
  void aTableWithoutTheColumnsIsRefusedByName() throws IOException {
    MadeUpRun.write(folder, job, "");
    Files.writeString(folder.resolve("metrics.csv"), "a,b\n1,2\n");

    IOException refused = assertThrows(IOException.class, () -> RunReader.read(folder));

    assertTrue(refused.getMessage().contains("round, loss and seconds"), refused::getMessage);
  }

  @Test
  void aFolderWithoutMetricsIsNoRun() {
    IOException refused = assertThrows(IOException.class, () -> RunReader.read(folder));

    assertTrue(refused.getMessage().contains("metrics.csv"), refused::getMessage);
  }

  @Test
  void aNoteThatSomebodyHasDamagedCountsAsNone() throws IOException {
    MadeUpRun.write(folder, job, "0,2.5,0.1,0.2,0.0,,a\n");
    for (String damaged : new String[] {"", "[]", "{", "{\"version\":\"x\"}", "null"}) {
      Files.writeString(folder.resolve(RunNote.FILE), damaged);

      assertTrue(RunReader.read(folder).note().isEmpty(), damaged);
    }
  }

  @Test
  void aNoteComesBackAsItWasWritten() {
    MadeUpRun.write(folder, job, "0,2.5,0.1,0.2,0.0,,a\n");
    MadeUpRun.note(
        folder, job, Map.of("optimizer", "adam"), 3, new RunNote.End(RunNote.End.FAILED, "why"));

    Run run = MadeUpRun.read(folder);

    assertEquals(Map.of("optimizer", "adam"), run.note().orElseThrow().settings());
    assertEquals(3, run.note().orElseThrow().seed());
    assertEquals("why", run.message());
    assertTrue(run.hasFailed());
  }

  @Test
  void aNoteIsToBeReadByPeopleToo() throws IOException {
    RunNote.End end = new RunNote.End(RunNote.End.FAILED, "a=b, <c> & 'd'");
    MadeUpRun.note(folder, job, Map.of("optimizer", "adam"), 3, end);

    String json = Files.readString(folder.resolve(RunNote.FILE));

    assertTrue(json.contains("\"a=b, <c> & 'd'\""), json);
  }

  @Test
  void rowsSeenAreThoseOfTheBatchTimesTheRounds() {
    Run run = read("0,2.5,0.1,0.2,0.0,,a\n4,2.5,0.1,0.2,7.0,,b\n");

    assertEquals(4 * 256, run.at(Run.Scale.ROWS, 1));
    assertEquals(7, run.at(Run.Scale.SECONDS, 1));
    assertTrue(Double.isNaN(run.at(Run.Scale.BYTES, 1)), "nobody wrote down who trained");
  }
}
