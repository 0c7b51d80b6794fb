package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import io.cordee.experiment.run.RunNote;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A killed run resumes as if nothing had happened; {@code ResumeTest} takes no processes. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
class ResumeIT extends InFolder {

  private static final String ENDLESS = "--set=stop.rounds=1000000";

  private CordeeProcess start(String... more) {
    return cordee().start(List.of("train", "--workers=2", "--out=run"), more);
  }

  @Test
  void aServerThatIsKilledIsStartedAgainAndLeavesNoTraceInTheDigests() {
    try (CordeeProcess training = start(ENDLESS)) {
      training.await("a checkpoint", () -> run().measured() > 60);
      training.descendant("server").destroyForcibly();
      training.await("the next server", () -> run().logged("resumed at round ") == 1);
      int rounds = run().measured();
      training.await("more rounds", () -> run().measured() > rounds + 60);
      training.interrupt();
      assertEquals(130, training.awaitEnd().exitCode());
      training.awaitNothingLeft();
      assertTrue(
          training.out().contains("the server has died (exit code 137: killed by signal 9"),
          training::out);
    }
    run().expectQuietDigests();
  }

  @Test
  void whenTheServerDiesAgainAndAgainTheTrainingFails() {
    try (CordeeProcess training = start(ENDLESS)) {
      training.await("a round", () -> run().measured() > 1);
      training.await(
          "the end of restarts",
          () -> {
            training.descendants("server").forEach(ProcessHandle::destroyForcibly);
            return run().logged("giving up on it") == 1;
          });
      training.awaitEnd().expectFailure("failed: the server has ended", "137", "run.log");
      training.awaitNothingLeft();
    }
  }

  @Test
  void aTeamThatIsKilledAltogetherIsResumedByHand() {
    try (CordeeProcess training = start(ENDLESS)) {
      training.await("a checkpoint", () -> run().measured() > 60);
      training.kill();
      training.awaitNothingLeft();
    }
    assertEquals(2, RunNote.read(run().folder()).orElseThrow().team().workers());
    int rounds = run().measured() + 20;
    cordee()
        .run("train", "--resume=run", "--workers=3", "--set=stop.rounds=" + rounds)
        .expectSuccess();
    run().expectRounds(rounds);
    run().expectQuietDigests();
  }

  @Test
  void oneCommandStartsAServerAndStartsItAgain() throws IOException {
    String address = "127.0.0.1:" + Cordee.freePort();
    List<String> command =
        List.of(
            "server",
            "--out=run",
            "--resume-if-exists",
            "--set=stop.rounds=800",
            "--listen=" + address);
    try (CordeeProcess worker = cordee().start("worker", "--server=" + address, "--wait=60")) {
      try (CordeeProcess first = cordee().start(command)) {
        first.await("a checkpoint", () -> run().measured() > 60);
        first.kill();
        first.awaitEnd();
      }
      try (CordeeProcess second = cordee().start(command)) {
        second.awaitEnd().expectSuccess().expectOut("resuming from round ");
      }
      worker.awaitEnd().expectSuccess();
    }
    run().expectRounds(800);
    run().expectQuietDigests();
    try (CordeeProcess third = cordee().start(command)) {
      third.awaitEnd().expectSuccess().expectOut("nothing is left to train in run");
    }
  }

  @Test
  void shardsComputeRoundsAgainWhoseRowsAreMissing() throws IOException {
    String[] team = {"--workers=1", "--shards=2"};
    cordee()
        .train(
            "run",
            team[0],
            team[1],
            "--set=optimizer.name=momentum",
            "--set=checkpoint.every=10",
            "--set=stop.rounds=40");
    List<String> expected = run().digests();
    run().cut(35);

    cordee().run("train", "--resume=run", team[0], team[1], "--set=stop.rounds=45").expectSuccess();
    assertEquals(expected, run().digests().subList(0, 41));
    run().expectRounds(45);
    assertEquals(1, run().logged("server INFO  [log] resumed at round 30"));
  }

  /** One worker hangs, so that the server waits for its goodbye when all else is done. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTeamWhoseServerIsKilledWhenTheJobIsOverHasCompletedIt(boolean isWorkerKilled)
      throws IOException {
    try (CordeeProcess training = start("--set=stop.rounds=400")) {
      training.await("ten rounds", () -> run().measured() > 10);
      ProcessHandle second = training.descendant("worker-2");
      training.pause(second);
      training.awaitOut("completed after 400 rounds");
      training.descendant("server").destroyForcibly();
      if (isWorkerKilled) {
        second.destroyForcibly();
      }
      Ended ended = training.awaitEnd().expectSuccess();
      training.awaitNothingLeft();
      ended.expectOut("nothing is left to train in run: completed");
    }
    run().expectRounds(400);
    RunNote.End end = new RunNote.End(RunNote.End.COMPLETED, "completed after 400 rounds");
    assertEquals(end, RunNote.read(run().folder()).orElseThrow().end());
  }

  @Test
  void aRunIsLeftAsItIsUntilItsFirstNewRoundIsOver() throws IOException {
    Run run = Typed.train(folder.resolve("run"), "--set=stop.rounds=5");
    var before = run.contents();
    try (CordeeProcess server =
        cordee().start("server", "--resume=run", "--set=stop.rounds=9", "--listen=127.0.0.1:0")) {
      server.awaitOut("listening on ");
      server.terminate();
      server.awaitEnd();
    }
    assertEquals(before, run.contents());
  }

  @Test
  void aRunThatWasResumedIsNotResumedByASecondServer() throws IOException {
    Typed.train(folder.resolve("run"), "--set=stop.rounds=3");
    String[] resume = {
      "server", "--resume=run", "--set=stop.rounds=1000000", "--listen=127.0.0.1:0"
    };
    try (CordeeProcess first = cordee().start(resume)) {
      first.awaitOut("listening on ");
      cordee().run(resume).expectOneLine(1, "run: another process is writing to this run");
      String note = read("run/run.json");
      cordee()
          .run("train", "--resume=run", "--set=stop.rounds=1000000")
          .expectFailure("another process is writing to this run");
      assertEquals(note, read("run/run.json"));
    }
  }
}
