package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Workers stopped in mid-run, as real processes that stay connected. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
class HangingWorkerIT extends InFolder {

  /** Enough rounds to last well beyond the five seconds of a lease. */
  private static final String LONG = "--set=stop.rounds=1500";

  private CordeeProcess worker(CordeeProcess server, String name) {
    return cordee().worker(server.address(), name, "--wait=10");
  }

  private void awaitRound(CordeeProcess server, int round) {
    server.await("round " + round, () -> run().measured() > round);
  }

  @Test
  void aWorkerThatIsStoppedHoldsNobodyUpAndDoesNoHarmWhenItGoesOn() {
    try (CordeeProcess server = cordee().server("--workers=3", "--set=stop.rounds=200");
        CordeeProcess first = worker(server, "first");
        CordeeProcess second = worker(server, "second");
        CordeeProcess third = worker(server, "third")) {
      awaitRound(server, 5);
      second.pause();
      int round = run().measured();
      awaitRound(server, round + 20);
      second.goOn();
      awaitRound(server, round + 40);

      server.awaitEnd().expectSuccess();
      first.awaitEnd().expectSuccess();
      second.awaitEnd().expectSuccess();
      third.awaitEnd().expectSuccess();
    }
    run().expectQuietDigests();
  }

  @Test
  void theOthersFinishTheJobWithoutOneThatStaysStopped() {
    try (CordeeProcess server = cordee().server("--workers=3", LONG);
        CordeeProcess first = worker(server, "first");
        CordeeProcess second = worker(server, "second");
        CordeeProcess third = worker(server, "third")) {
      awaitRound(server, 5);
      second.pause();
      Ended ended = server.awaitEnd().expectSuccess();
      first.awaitEnd().expectSuccess();
      third.awaitEnd().expectSuccess();
      ended.expectOut("second");
      second.goOn();
      // It keeps trying to reach its server, which is gone, for a while.
      second.awaitEnd();
    }
    run().expectQuietDigests();
  }

  @Test
  void aTeamThatStopsIsWaitedForAsLongAsTheJobSays() {
    try (CordeeProcess server = cordee().server("--workers=2", LONG, "--set=team.wait=2");
        CordeeProcess first = worker(server, "first");
        CordeeProcess second = worker(server, "second")) {
      awaitRound(server, 5);
      first.pause();
      second.pause();
      Ended ended = server.awaitEnd();
      ended.expectFailure("waited 2 s for one to join", "no worker is left", "are kept");
      assertTrue(Files.exists(run().model()), ended::toString);
    }
  }

  @Test
  void aLocalTeamThatIsTooSmallForItsJobIsRefused() {
    Typed.run("train", "--workers=1", "--set=team.min_workers=2")
        .expect(2, "--workers must be at least team.min_workers, which is 2; found 1");
  }
}
