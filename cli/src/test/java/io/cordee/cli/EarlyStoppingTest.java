package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import io.cordee.common.model.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** So few of the digits to train on that training overfits. */
class EarlyStoppingTest extends InFolder {

  private static final String JOB =
      """
      model: {layers: [64, 16, 10]}
      data:
        train: {format: digits}
        test: {format: digits, part: test}
        split: {validation: 0.85, seed: 3}
      optimizer: {name: rprop, max_step: 0.1}
      partitions: 4
      evaluate_every: 2
      checkpoint: {every: 4}
      stop: {rounds: 200, patience: 10}
      """;

  @BeforeEach
  void writeJob() throws IOException {
    write("job.yaml", JOB);
  }

  private Run train(String name, String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.add(path("job.yaml"));
    return Typed.train(folder.resolve(name), all.toArray(String[]::new));
  }

  private static double loss(List<String> lines, int round) {
    return Double.parseDouble(lines.get(1 + round).split(",", -1)[8]);
  }

  private static int bestOf(Run run) {
    List<String> lines = run.lines("metrics.csv");
    int best = 0;
    for (int round = 0; round <= run.last().round(); round += 2) {
      best = loss(lines, round) < loss(lines, best) ? round : best;
    }
    return best;
  }

  private static ModelFile best(Run run) throws IOException {
    return ModelFile.read(run.file("best.safetensors"));
  }

  @Test
  void trainingStopsWhenValidationNoLongerImprovesAndKeepsTheBestWeights() throws IOException {
    Run run = train("run", "--workers=1");
    int last = run.last().round();
    int best = bestOf(run);
    assertTrue(best > 0 && last < 200, () -> best + " of " + last);
    assertEquals(best + 10, last);
    assertEquals(Integer.toString(best), best(run).metadata().get("rounds"));
    assertEquals(
        Double.toString(loss(run.lines("metrics.csv"), best)),
        best(run).metadata().get("validation_loss"));

    Ended onBest = evaluate(run.folder(), "validation");
    String measured = "loss      %.6g".formatted(loss(run.lines("metrics.csv"), best));
    onBest.expectOut(measured);
    Ended onLast = evaluate(run.model(), "validation");
    assertTrue(!onLast.out().contains(measured), onLast.out());
    Ended onTest = evaluate(run.folder(), "test");
    assertTrue(onTest.out().startsWith("360 rows"), onTest.out());
  }

  private static Ended evaluate(Path model, String part) {
    return Typed.run("evaluate", "--model", model.toString(), "--part", part).expectSuccess();
  }

  @Test
  void aTeamKeepsTheBitsThatOneWorkerKeeps() throws IOException {
    Run one = train("one", "--workers=1");
    Run team = train("team", "--workers=3", "--threads=2");
    assertEquals(one.digests(), team.digests());
    assertArrayEquals(
        Files.readAllBytes(one.file("best.safetensors")),
        Files.readAllBytes(team.file("best.safetensors")));
  }

  @Test
  void aRunThatIsResumedStopsWhereItWouldHaveStopped() throws IOException {
    Run whole = train("whole", "--workers=1");
    int best = bestOf(whole);
    for (int rounds : List.of(best - 3, best + 3)) {
      Run run = train("resumed-" + rounds, "--workers=1", "--rounds=" + rounds);
      Typed.run(
              "train",
              "--in-process",
              "--workers=2",
              "--quiet",
              "--resume=" + run.folder(),
              "--set=stop={rounds: 200, patience: 10}")
          .expectSuccess();
      assertEquals(whole.digests(), run.digests());
      assertArrayEquals(best(whole).parameters(), best(run).parameters());
    }
  }

  @Test
  void theLastWeightsAloneAreKeptIfThatIsAskedFor() {
    Run run = train("last", "--workers=1", "--set=keep=last");
    assertEquals(bestOf(run) + 10, run.last().round());
    assertTrue(Files.notExists(run.file("best.safetensors")));
  }

  /** 15 % of the digits' 1437 rows are trained on: about 215. */
  @Test
  void epochsAreCountedInRoundsOfTheBatch() {
    Run full = train("full", "--epochs=3", "--set=stop.patience=null");
    assertEquals(3, full.last().round());
    Run batches = train("batches", "--epochs=2", "--batch=100", "--set=stop.patience=null");
    assertEquals(5, batches.last().round());
    // 6 rows from each of 4 partitions.
    String local = "--set=local={steps: 2, batch: 3, optimizer: gd}";
    assertEquals(
        18, train("local", "--epochs=2", "--set=stop.patience=null", local).last().round());
    Typed.run("train", "--epochs=2", "--rounds=3").expect(2, "give --rounds or --epochs, not both");
    String resolved = String.join("\n", batches.lines("job.yaml"));
    assertTrue(resolved.contains("epochs: 2") && !resolved.contains("rounds: 200"), resolved);
  }

  /** An epoch is 215 rows, in batches of 100. */
  @Test
  void patienceIsCountedInEpochsUnlessItSaysRounds() {
    String[] worseThanTheFirst = {
      "--batch=100", "--set=evaluate_every=1", "--set=optimizer={name: gd, learning_rate: 1e-30}"
    };
    for (var stops : Map.of("3", 7, "3 epochs", 7, "3 rounds", 3).entrySet()) {
      String name = "after-" + stops.getKey().replace(' ', '-');
      List<String> more = new ArrayList<>(List.of(worseThanTheFirst));
      more.add("--set=stop.patience=" + stops.getKey());
      Run run = train(name, more.toArray(String[]::new));
      assertEquals(stops.getValue(), run.last().round(), name);
      Typed.run("train", "--in-process", "--resume", run.folder().toString()).expectSuccess();
      assertEquals(stops.getValue(), run.last().round(), name);
    }
  }

  @Test
  void aRunThatPatienceEndedIsNotTouchedByMoreRounds() throws IOException {
    Run run = train("run");
    byte[] note = Files.readAllBytes(run.file("run.json"));
    Ended more =
        Typed.run("train", "--in-process", "--resume", run.folder().toString(), "--rounds=500");
    assertTrue(
        more.expectSuccess()
            .out()
            .contains("change that stop condition (as in --set stop.patience=null)"),
        more::toString);
    assertArrayEquals(note, Files.readAllBytes(run.file("run.json")));
  }

  @Test
  void aRunIsResumedForMoreEpochs() {
    train("run", "--epochs=2", "--batch=100", "--set=stop.patience=null");
    Path run = folder.resolve("run");
    Ended more = Typed.run("train", "--in-process", "--resume", run.toString(), "--epochs=4");
    assertEquals(9, new Run(run).last().round(), more::toString);
    Ended nothing = Typed.run("train", "--in-process", "--resume", run.toString());
    assertTrue(
        nothing.expectSuccess().out().contains("nothing is left to train"), nothing::toString);
  }

  @Test
  void aComparisonCountsEpochsInRoundsOfEachBatch() {
    Typed.run(
            "compare",
            path("job.yaml"),
            "--vary=batch=50,full",
            "--set=stop.epochs=2",
            "--set=stop.patience=null",
            "--out=" + folder.resolve("compared"))
        .expectSuccess();
    List<String> rows = new Run(folder.resolve("compared")).lines("results.csv");
    int rounds = List.of(rows.get(0).split(",")).indexOf("rounds");
    assertEquals(
        List.of("9", "2"), rows.stream().skip(1).map(row -> row.split(",", -1)[rounds]).toList());
  }
}
