package io.cordee.experiment.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.experiment.report.CurveReading.Curve;
import io.cordee.experiment.report.CurveReading.Kind;
import io.cordee.experiment.run.MadeUpRun;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurveReadingTest {

  private static final IntToDoubleFunction FALLING = t -> 1 / (1 + 0.1 * t);
  private static final IntToDoubleFunction LEVEL_FROM_30 = t -> 0.5 + Math.exp(-t / 6.0);

  /** Falls to 0.4 in round 9, and rises by 0.01 a round from there. */
  private static final IntToDoubleFunction RISING_FROM_9 =
      t -> t <= 9 ? 0.4 + 0.1 * (9 - t) : 0.4 + 0.01 * (t - 9);

  private static Curve curve(String title, int rounds, int every, IntToDoubleFunction loss) {
    int[] at = IntStream.rangeClosed(0, rounds / every).map(i -> i * every).toArray();
    return new Curve(title, at, IntStream.of(at).mapToDouble(loss).toArray());
  }

  private static Curve training(int rounds, IntToDoubleFunction loss) {
    return curve("Training loss", rounds, 1, loss);
  }

  private static Optional<Curve> test(int rounds, int every, IntToDoubleFunction loss) {
    return Optional.of(curve("Test loss", rounds, every, loss));
  }

  private static IntToDoubleFunction noisy(IntToDoubleFunction loss, double deviation, long seed) {
    Random random = new Random(seed);
    return t -> loss.applyAsDouble(t) + deviation * random.nextGaussian();
  }

  private static String text(Curve training, Optional<Curve> heldOut) {
    return CurveReading.of(training, heldOut, true).map(CurveReading::text).orElse("");
  }

  private static Optional<Kind> kind(Curve training, Optional<Curve> heldOut) {
    return CurveReading.of(training, heldOut, true).map(CurveReading::kind);
  }

  @Test
  void aTestLossThatTurnsWhileTheTrainingLossFallsIsOverfitting() {
    assertEquals(
        "Test loss was lowest in round 9 and has risen since: the network overfits; try weight"
            + " decay, fewer units, or stop.patience.",
        text(training(50, FALLING), test(50, 1, RISING_FROM_9)));
    assertEquals(
        Optional.of(Kind.OVERFITS), kind(training(50, FALLING), test(50, 3, RISING_FROM_9)));
  }

  @Test
  void fiveEvaluationsAreEnoughForALossThatRisesByMuch() {
    double[] measured = {1.3, 0.09, 0.17, 0.3, 0.4};
    assertEquals(
        "Test loss was lowest in round 10 and has risen since: the network overfits",
        CurveReading.of(training(40, FALLING), test(40, 10, t -> measured[t / 10]), true)
            .orElseThrow()
            .sentence());
  }

  @Test
  void aTrainingLossThatRisesTooIsNoOverfitting() {
    assertTrue(
        kind(training(50, t -> 1 + RISING_FROM_9.applyAsDouble(t) / 2), test(50, 1, RISING_FROM_9))
            .filter(Kind.OVERFITS::equals)
            .isEmpty());
  }

  @Test
  void noiseDoesNotHideOverfitting() {
    for (long seed = 1; seed <= 20; seed++) {
      Optional<CurveReading> reading =
          CurveReading.of(
              training(400, noisy(FALLING, 0.02, seed)),
              test(400, 1, noisy(t -> RISING_FROM_9.applyAsDouble(t / 8), 0.02, seed + 100)),
              true);
      assertEquals(Optional.of(Kind.OVERFITS), reading.map(CurveReading::kind), "seed " + seed);
      int round = reading.get().round();
      assertTrue(round >= 40 && round <= 120, "seed " + seed + ": lowest in round " + round);
    }
  }

  @Test
  void noiseAloneIsHardlyEverATrend() {
    for (int rounds : new int[] {10, 20, 60, 400}) {
      int trends = 0;
      for (long seed = 1; seed <= 500; seed++) {
        Optional<Kind> kind =
            kind(training(rounds, FALLING), test(rounds, 1, noisy(t -> 0.5, 0.1, seed)));
        boolean isTrend =
            kind.isPresent() && !Set.of(Kind.STAYS, Kind.LEVELS_OFF).contains(kind.get());
        trends += isTrend ? 1 : 0;
      }
      assertTrue(trends <= 25, trends + " trends in 500 curves of " + rounds + " rounds");
    }
  }

  @Test
  void aLossThatFallsToTheEndAsksForMoreRounds() {
    assertEquals(
        "Test loss still falls at the end: train more rounds with --resume.",
        text(training(50, FALLING), test(50, 5, FALLING)));
    assertEquals(
        "Training loss still falls at the end: train more rounds with --resume.",
        text(training(50, FALLING), Optional.empty()));
    for (long seed = 1; seed <= 20; seed++) {
      assertEquals(
          Optional.of(Kind.FALLS),
          kind(training(400, noisy(t -> 1 - 0.002 * t, 0.02, seed)), Optional.empty()),
          "seed " + seed);
    }
  }

  @Test
  void aTrainingLossThatFallsDoesNotCountWhereTheTestLossIsLevel() {
    // Within a fiftieth of 0.5 from round 28 on; the next stretch of five begins at 30.
    assertEquals(
        "Test loss has levelled off since round 30: more rounds will change little; try more"
            + " units, other features or another optimizer.",
        text(training(100, FALLING), test(100, 1, LEVEL_FROM_30)));
    for (long seed = 1; seed <= 20; seed++) {
      assertEquals(
          Optional.of(Kind.LEVELS_OFF),
          kind(training(100, FALLING), test(100, 1, noisy(LEVEL_FROM_30, 0.02, seed))),
          "seed " + seed);
    }
  }

  @Test
  void aTrainingLossThatClimbsDiverges() {
    IntToDoubleFunction climbing = t -> t <= 3 ? 2 - 0.3 * t : 1.1 * Math.pow(1.5, t - 3);
    assertEquals(
        "Training loss diverges from round 3: lower the learning rate, or the optimizer's steps.",
        text(training(12, climbing), test(12, 1, climbing)));
    for (long seed = 1; seed <= 20; seed++) {
      assertEquals(
          Optional.of(Kind.DIVERGES),
          kind(training(40, noisy(climbing, 0.1, seed)), Optional.empty()),
          "seed " + seed);
    }
  }

  @Test
  void aLossThatIsNotFiniteDivergesHoweverFewRoundsThereAre() {
    Curve two = training(1, t -> 2 + t);
    Optional<CurveReading> reading = CurveReading.of(two, Optional.empty(), false);
    assertEquals("Training loss diverges from round 0", reading.orElseThrow().sentence());
  }

  @Test
  void fewRoundsSayNothing() {
    assertEquals("", text(training(3, FALLING), test(3, 1, RISING_FROM_9)));
    assertEquals("", text(training(50, FALLING), test(50, 16, RISING_FROM_9)));
    assertEquals("", text(training(-1, FALLING), Optional.empty()));
  }

  @Test
  void aLossThatReachesZeroIsLevel() {
    assertEquals(
        Optional.of(Kind.LEVELS_OFF), kind(training(60, t -> Math.pow(0.5, t)), Optional.empty()));
  }

  @Test
  void adviceThatTheJobFollowsAlreadyIsNotGiven(@TempDir Path folder) {
    StringBuilder rows = new StringBuilder();
    for (int round = 0; round <= 30; round++) {
      rows.append(
          "%d,%s,0.5,0.5,%d,1000.0,%016x\n"
              .formatted(round, FALLING.applyAsDouble(round), round, round));
    }
    Run run =
        MadeUpRun.cell(
            folder.resolve("run"), MadeUpRun.job("stop.rounds=30"), rows.toString(), Map.of(), 1);
    assertEquals(
        "Training loss still falls at the end: train more rounds with --resume.",
        CurveReading.of(run).orElseThrow().text());

    MadeUpRun.note(
        folder.resolve("run"),
        run.job(),
        Map.of(),
        1,
        new RunNote.End(
            RunNote.End.COMPLETED, "completed after 30 rounds (the loss asked for is reached)"));
    assertEquals(
        "Training loss still falls at the end.",
        CurveReading.of(MadeUpRun.read(folder.resolve("run"))).orElseThrow().text());
  }
}
