package io.cordee.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Best;
import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobFile;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

  private static final Job JOB =
      JobFile.parse(
          "model: {layers: [4, 2]}\n"
              + "data: {train: {format: csv, file: train.csv, label: '0'}}\n"
              + "stop: {rounds: 100}\n",
          "small.yaml",
          List.of());

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private boolean isKept = true;
  private final ProgressLine progress =
      new ProgressLine(
          new Console(new PrintStream(printed, true, StandardCharsets.UTF_8), false),
          JOB,
          Path.of("runs/small"),
          () -> isKept);

  private static Measurement at(int round, double seconds) {
    return at(round, seconds, Optional.empty());
  }

  private static Measurement at(int round, double seconds, Optional<Tally> test) {
    return Measurement.of(
        List.of(),
        round,
        new Tally(8, 4, 6, 0),
        new Evaluated(Optional.empty(), test),
        Optional.empty(),
        seconds,
        OptionalDouble.of(80),
        "00000000000000ab");
  }

  private List<String> lines() {
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void theRateIsThatOfRoundsSinceTheJobGoesOn() {
    progress.measured(at(0, 0));
    progress.measured(at(1, 0.001)); // a thousand rounds a second
    progress.resumed(1);
    progress.measured(at(1, 30));
    progress.measured(at(2, 31));
    progress.ended(Outcome.completed(2, Reason.ROUNDS), 2, "00000000000000ab", Optional.empty());

    List<String> lines = lines();
    assertEquals("resuming from round 1", lines.get(1));
    assertTrue(lines.get(2).startsWith("round 1/100"), lines.get(2));
    assertFalse(lines.get(2).contains("rounds/s"), lines.get(2));
    assertTrue(lines.get(3).startsWith("round 2/100"), lines.get(3));
    assertTrue(lines.get(3).contains("  1.00 rounds/s"), lines.get(3));
    assertTrue(lines.get(3).endsWith("  1:38 left"), lines.get(3));
  }

  @Test
  void whatWasEvaluatedInAnEarlierRoundNamesThatRound() {
    Optional<Tally> test = Optional.of(new Tally(8, 4, 5, 0));
    progress.measured(at(10, 0, test));
    progress.resumed(11);
    progress.measured(at(11, 1, test));
    progress.measured(at(12, 2));
    progress.ended(Outcome.completed(12, Reason.ROUNDS), 12, "00000000000000ab", Optional.empty());

    assertTrue(lines().get(0).contains("  train 0.7500  test 0.6250"), lines()::toString);
    assertFalse(lines().get(0).contains("(round"), lines()::toString);
    assertTrue(lines().get(3).contains("  test 0.6250 (round 11)"), lines()::toString);
  }

  @Test
  void thousandsOfRoundsPerSecondAreWrittenOut() {
    progress.measured(at(0, 0));
    progress.resumed(0);
    progress.measured(at(0, 0));
    progress.measured(at(52, 0.05));
    progress.ended(Outcome.completed(52, Reason.ROUNDS), 52, "00000000000000ab", Optional.empty());

    assertTrue(lines().toString().contains("  1040 rounds/s"), lines()::toString);
  }

  @Test
  void aRoundIsShownOnceAndAnInterruptSaysHowToGoOn() {
    progress.measured(at(0, 0));
    progress.ended(
        new Outcome.Interrupted("interrupted after 1 round"),
        1,
        "00000000000000ab",
        Optional.empty());

    List<String> lines = lines();
    assertEquals(4, lines.size(), lines::toString);
    assertTrue(lines.get(0).startsWith("round 0/100"), lines.get(0));
    assertEquals("interrupted after 1 round in 0.0 s", lines.get(1));
    assertEquals("run folder runs/small; resume it with --resume runs/small", lines.get(3));
  }

  @Test
  void aDigestThatWasNotDueIsNotShown() {
    progress.measured(at(0, 0));
    progress.ended(new Outcome.Interrupted("interrupted after 1 round"), 1, "", Optional.empty());
    assertTrue(lines().stream().noneMatch(line -> line.startsWith("digest")), lines()::toString);
  }

  @Test
  void whyItFailedIsLeftToTheEndOfTheProcess() {
    progress.measured(at(0, 0));
    progress.measured(at(1, 1));
    progress.ended(
        new Outcome.Failed("model.safetensors: cannot be written: No space left on device"),
        1,
        "00000000000000ab",
        Optional.empty());

    List<String> lines = lines();
    int end = lines.size();
    assertEquals(
        "failed after 1 round in 1.0 s: loss 0.500000, train accuracy 0.7500", lines.get(end - 3));
    assertEquals("digest 00000000000000ab", lines.get(end - 2));
    assertEquals("run folder runs/small", lines.get(end - 1));
    assertTrue(lines.stream().noneMatch(line -> line.contains("No space left")), lines::toString);
  }

  @Test
  void whereNothingWasTrainedNoFolderIsNamed() {
    isKept = false;
    progress.ended(
        new Outcome.Failed("worker-1: no rows"), 0, "00000000000000ab", Optional.empty());

    assertEquals(List.of("failed before the first round; nothing is kept"), lines());
  }

  @Test
  void theScoreOfWeightsThatAreNotTheBestIsCalledThatOfTheLast() {
    Job validated =
        JobFile.parse(
            "model: {layers: [4, 2]}\n"
                + "data: {train: {format: csv, file: train.csv, label: '0'}, split: {validation: 0.2,"
                + " seed: 1}}\n"
                + "stop: {rounds: 100}\n",
            "small.yaml",
            List.of());
    for (int best : List.of(1, 2)) {
      printed.reset();
      Console console = new Console(new PrintStream(printed, true, StandardCharsets.UTF_8), false);
      ProgressLine shown = new ProgressLine(console, validated, Path.of("runs/small"), () -> true);
      for (int round : List.of(1, 2)) {
        Optional<Best> known = Optional.of(new Best(Math.min(round, best), 0.5));
        shown.measured(
            Measurement.of(
                List.of(),
                round,
                new Tally(8, 4, 6, 0),
                new Evaluated(Optional.of(new Tally(4, 2, 3, 0)), Optional.empty()),
                known,
                round,
                OptionalDouble.of(80),
                "00000000000000ab"));
      }
      shown.ended(Outcome.completed(2, Reason.ROUNDS), 2, "00000000000000ab", Optional.empty());

      String all = lines().toString();
      assertEquals(best == 1, all.contains("s; last weights: loss"), all);
      assertEquals(best == 2, all.contains("best weights: the last, round 2 by"), all);
    }
  }

  @Test
  void localStepsAreSaidWhenTrainingBegins() {
    Job local =
        JobFile.defaultJob(
            List.of(
                "partitions=4",
                "local={steps: 117, batch: 128, optimizer: adam}",
                "optimizer=nesterov"));
    Console console = new Console(new PrintStream(printed, true, StandardCharsets.UTF_8), false);
    new ProgressLine(console, local, Path.of("runs/small"), () -> isKept).started(2, 100);
    assertEquals(
        List.of(
            "training digits: 2,410 parameters by nesterov, 4 partitions × 117 local steps of adam on"
                + " 2 workers"),
        lines());
  }
}
