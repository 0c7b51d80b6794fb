package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A team stopped in mid-job leaves no process behind. Isolated, since some of it is timed. */
@Isolated
class InterruptIT extends InFolder {

  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);
  private static final int TEAM = 1 + 2;

  private CordeeProcess longTraining() {
    CordeeProcess process = start();
    process.await("ten rounds", () -> run().measured() > 10);
    assertEquals(TEAM, process.look().size(), process::toString);
    return process;
  }

  private CordeeProcess start() {
    return cordee().start("train", "--set=stop.rounds=1000000", "--workers=2", "--out=run");
  }

  static Stream<Named<Consumer<CordeeProcess>>> interruptions() {
    return Stream.of(
        Named.of("of the command", CordeeProcess::interrupt),
        Named.of("of all processes, as a terminal does it", CordeeProcess::interruptAll));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("interruptions")
  void anInterruptStopsTheTeamWithinTwoSecondsAndKeepsTheModel(
      Consumer<CordeeProcess> interruption) {
    try (CordeeProcess training = longTraining()) {
      long start = System.nanoTime();
      interruption.accept(training);

      Ended ended = training.awaitEnd();
      training.awaitNothingLeft();
      Duration taken = Duration.ofNanos(System.nanoTime() - start);

      assertTrue(taken.compareTo(TWO_SECONDS) <= 0, () -> "took " + taken);
      ended.expect(130);
      assertEquals("", ended.err());
      ended.expectOut("interrupted after ");
    }
    List<Run.Row> rows = run().rows();
    assertEquals(rows.size() - 1, run().last().round());
    Ended evaluated = cordee().run("evaluate", "--model=" + run().model()).expectSuccess();
    assertTrue(evaluated.out().startsWith("360 rows of digits\n"), evaluated::toString);
  }

  @Test
  void anInterruptOfATeamWithinTheProcessDoesTheSame() {
    try (CordeeProcess training =
        cordee().start("train", "--in-process", "--set=stop.rounds=1000000", "--out=run")) {
      training.await("ten rounds", () -> run().measured() > 10);
      long start = System.nanoTime();
      training.interrupt();

      Ended ended = training.awaitEnd();
      Duration taken = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(taken.compareTo(TWO_SECONDS) <= 0, () -> "took " + taken);
      ended.expect(130);
      assertEquals("", ended.err());
      ended.expectOut("interrupted after ");
    }
    Typed.run("evaluate", "--model=" + run().model()).expectSuccess();
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("interruptions")
  void anInterruptOfATeamThatIsStillComingUpLeavesNothingEither(
      Consumer<CordeeProcess> interruption) {
    try (CordeeProcess training = start()) {
      training.await("the server's process", () -> !training.look().isEmpty());
      interruption.accept(training);

      expectNothingKept(training);
      training.awaitNothingLeft();
    }
  }

  @Tag("slow")
  @Test
  void norDoesThatOfAServerWhereverItIs() {
    for (String sign : List.of("metrics.csv", "job.yaml", "run.log")) {
      try (CordeeProcess server = cordee().server()) {
        server.await(sign, () -> Files.exists(run().folder().resolve(sign)));
        server.terminate();

        Ended ended = server.awaitEnd();
        assertEquals("", ended.err(), ended::toString);
        ended.expectOut("interrupted ");
        assertFalse(Files.exists(run().folder()), ended::toString);
      }
    }
  }

  private void expectNothingKept(CordeeProcess training) {
    Ended ended = training.awaitEnd();
    ended.expect(130);
    assertEquals("", ended.err(), ended::toString);
    assertTrue(ended.out().lines().count() <= 1, ended::toString);
    assertFalse(ended.out().contains("has died"), ended::toString);
    assertFalse(Files.exists(run().folder()), ended::toString);
  }
}
