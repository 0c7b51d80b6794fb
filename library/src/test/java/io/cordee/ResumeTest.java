package io.cordee;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are kept in a folder. */
@Timeout(60)
class ResumeTest {

  @TempDir Path temp;

  private Path run() {
    return temp.resolve("run");
  }

  private static Job job(String optimizer, int rounds) {
    return Line.job()
        .optimizer(optimizer)
        .rows(48)
        .validationRows(12)
        .stop(Stop.rounds(rounds))
        .build();
  }

  private static Result whole(String optimizer) {
    try (LocalTeam team = LocalTeam.of(job(optimizer, 100), 1, thread -> new Line())) {
      return team.train();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "adam", "momentum"})
  void aRunOfFiftyRoundsThatIsResumedToAHundredEndsWithTheBitsOfOneRun(String optimizer) {
    try (LocalTeam team = LocalTeam.of(job(optimizer, 50), 2, thread -> new Line()).keepIn(run())) {
      assertEquals(50, team.train().rounds());
    }
    List<Progress> told = new ArrayList<>();
    Result resumed;
    try (LocalTeam team = LocalTeam.resume(run(), 3, thread -> new Line(), "stop.rounds=100")) {
      resumed = team.train(told::add);
    }
    Result whole = whole(optimizer);
    assertEquals(100, resumed.rounds());
    assertEquals(whole.digest(), resumed.digest());
    assertArrayEquals(whole.weights(), resumed.weights());
    assertTrue(told.get(0).round() >= 50, "no round is computed again");
    assertEquals(whole.best().orElseThrow().round(), resumed.best().orElseThrow().round());
  }

  /** Computes 40 rounds and then waits: a listener hears of rounds after they have ended. */
  private static final class Waiting extends Line {

    private final CountDownLatch goesOn;
    private int calls;

    Waiting(CountDownLatch goesOn) {
      this.goesOn = goesOn;
    }

    @Override
    public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
      if (++calls > 40 * 8) {
        try {
          goesOn.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      return super.accumulate(parameters, rows, sums);
    }
  }

  @Test
  void aRunThatWasStoppedGoesOn() {
    CountDownLatch stopped = new CountDownLatch(1);
    try (LocalTeam team =
        LocalTeam.of(job("adam", 100), 1, thread -> new Waiting(stopped)).keepIn(run())) {
      team.train(
          progress -> {
            if (progress.round() == 20) {
              team.stop();
              stopped.countDown();
            }
          });
    }
    try (LocalTeam team = LocalTeam.resume(run(), 1, thread -> new Line())) {
      assertEquals(whole("adam").digest(), team.train().digest());
    }
  }

  @Test
  void theBestWeightsAreThoseOfTheWholeRun() {
    // The loss grows from the second round on.
    Job job =
        Line.job()
            .optimizer("gd", Map.of("learning_rate", 0.9))
            .rows(48)
            .validationRows(12)
            .stop(Stop.rounds(5))
            .build();
    Result first;
    try (LocalTeam team = LocalTeam.of(job, 1, thread -> new Line()).keepIn(run())) {
      first = team.train();
    }
    try (LocalTeam team = LocalTeam.resume(run(), 1, thread -> new Line(), "stop.rounds=8")) {
      Result second = team.train();
      assertEquals(8, second.rounds());
      assertTrue(first.best().orElseThrow().round() < 5, first::toString);
      assertEquals(first.best().orElseThrow().round(), second.best().orElseThrow().round());
      assertEquals(first.best().orElseThrow().loss(), second.best().orElseThrow().loss());
      assertArrayEquals(
          first.best().orElseThrow().weights(), second.best().orElseThrow().weights());
    }
  }

  @Test
  void whatCannotBeResumedIsRefused() throws Exception {
    assertEquals(
        run() + " holds no run (job.yaml); give the folder of an earlier run",
        refusal(() -> resume()));
    try (LocalTeam team = LocalTeam.of(job("gd", 5), 1, thread -> new Line()).keepIn(run())) {
      team.train();
    }
    assertEquals(
        "nothing is left to train in "
            + run()
            + ": completed after 5 rounds; give more rounds, as in \"stop.rounds=1000\", or change the"
            + " stop condition that was met",
        refusal(() -> resume()));
    String fewer = refusal(() -> train(resume("stop.rounds=3")));
    assertTrue(fewer.contains("already has 5 rounds"), fewer);
    String other = refusal(() -> train(resume("stop.rounds=9", "optimizer=adam")));
    assertTrue(other.contains("optimizer"), other);
    String again =
        refusal(() -> train(LocalTeam.of(job("gd", 5), 1, thread -> new Line()).keepIn(run())));
    assertEquals(
        run()
            + " holds a run already (metrics.csv); choose another folder, or resume it with"
            + " LocalTeam.resume",
        again);
    assertTrue(Files.exists(run().resolve("model.safetensors")));
  }

  private LocalTeam resume(String... changes) {
    return LocalTeam.resume(run(), 1, thread -> new Line(), changes);
  }

  private static void train(LocalTeam team) {
    try (team) {
      team.train();
    }
  }

  private static String refusal(Executable call) {
    return assertThrows(CordeeException.class, call).getMessage();
  }
}
