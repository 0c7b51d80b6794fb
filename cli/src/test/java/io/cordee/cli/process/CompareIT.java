package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code cordee compare} by processes; {@code CompareTest} has what takes none. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class CompareIT extends InFolder {

  private List<String> results() throws Exception {
    return Files.readAllLines(folder.resolve("c/results.csv"));
  }

  private Run cell(String name) {
    return cordee().runFolder("c/cells/" + name);
  }

  @Test
  void processesEndWithTheDigestsOfOne() {
    String[] grid = {"compare", "--vary=optimizer=rprop", "--seeds=2..2", "--budget=rounds=6"};
    Typed.run(grid[0], grid[1], grid[2], grid[3], "--in-process", "--out=" + folder.resolve("one"))
        .expectSuccess();
    cordee()
        .run(grid[0], grid[1], grid[2], grid[3], "--processes", "--workers=2", "--out=c")
        .expectSuccess();

    assertEquals(
        cordee().runFolder("one/cells/rprop_seed-2").digests(), cell("rprop_seed-2").digests());
  }

  @Test
  void anInterruptKeepsWhatIsFinishedAndSaysHowToGoOn() throws Exception {
    try (CordeeProcess process =
        cordee().start("compare", "--vary=stop.rounds=3,100000000", "--out=c")) {
      process.await("the second cell", () -> cell("100000000_seed-1").measured() > 10);
      process.interrupt();
      Ended ended = process.awaitEnd();
      process.awaitNothingLeft();

      ended.expect(130);
      ended.expectOut(
          "interrupted: 1 of 2 cells are finished; to continue: ",
          "cordee compare --vary=stop.rounds=3,100000000 --out c\n");
    }
    assertEquals(2, results().size(), "the header and the cell that was finished");
  }

  @Test
  void aCellThatDivergesIsNotedAndTheOthersGoOn() throws Exception {
    Ended ended =
        cordee()
            .run(
                "compare",
                "--vary=optimizer.learning_rate=1e38,0.1",
                "--set=optimizer.name=gd",
                "--budget=rounds=5",
                "--out=c",
                "--processes",
                "--workers=1")
            .expectSuccess();

    assertEquals("", ended.err());
    assertTrue(results().get(1).startsWith("1e38,1,failed,"), results().get(1));
    assertTrue(results().get(1).contains("not finite"), results().get(1));
    assertTrue(results().get(2).startsWith("0.1,1,completed,5,"), results().get(2));
  }
}
