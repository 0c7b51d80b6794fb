package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.experiment.run.RunNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run whose server is killed goes on from its checkpoints as if nothing had happened. */
class ResumeIT {

  private static final int ROUNDS = 400;

  private static List<String> quietDigests;

  @TempDir private Path folder;

  @BeforeAll
  static void trainQuietly(@TempDir Path quiet) {
    quietDigests =
        Cordee.in(quiet).train("run", "--set=stop.rounds=" + ROUNDS, "--workers=1").digests();
  }

  private Run run() {
    return Cordee.in(folder).runFolder("run");
  }

  private CordeeProcess start(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "train";
    arguments[1] = "--workers=2";
    arguments[2] = "--out=run";
    System.arraycopy(more, 0, arguments, 3, more.length);
    return Cordee.in(folder).start(arguments);
  }

  @Test
  void aServerThatIsKilledIsStartedAgainAndLeavesNoTraceInTheDigests() {
    try (CordeeProcess training = start("--set=stop.rounds=1000000")) {
      training.await("a checkpoint", () -> run().measured() > 60);
      training.descendant("server").destroyForcibly();
      training.await("the next server", () -> run().logged("resumed at round ") == 1);
      training.await("all rounds", () -> run().measured() > ROUNDS + 1);
      training.interrupt();
      assertEquals(130, training.awaitEnd().exitCode());
      training.awaitNothingLeft();
      assertTrue(training.out().contains("the server has died (exit code 137)"), training::out);
    }
    assertEquals(quietDigests, run().digests().subList(0, ROUNDS + 1));
  }

  @Test
  void whenTheServerDiesAgainAndAgainTheTrainingFails() {
    try (CordeeProcess training = start("--set=stop.rounds=1000000")) {
      training.await("a round", () -> run().measured() > 1);
      training.await(
          "the end of restarts",
          () -> {
            training.descendants("server").forEach(ProcessHandle::destroyForcibly);
            return run().logged("it is not started again") == 1;
          });
      training.awaitEnd().expectFailure("failed: the server has ended", "137", "run.log");
      training.awaitNothingLeft();
    }
  }

  @Test
  void aRunThatIsKilledAltogetherIsResumedByHandAndCanBeMadeLonger() throws IOException {
    for (String rule : List.of("rprop", "momentum")) {
      String[] job = {"--set=rule.name=" + rule, "--set=stop.rounds=" + ROUNDS};
      Path quiet = Files.createDirectories(folder.resolve("quiet-" + rule));
      List<String> expected = Cordee.in(quiet).train("run", job[0], job[1]).digests();
      try (CordeeProcess training = start(job)) {
        training.await("a checkpoint", () -> run().measured() > 60);
        training.kill();
        training.awaitNothingLeft();
      }
      Cordee.in(folder).run("train", "--resume=run", "--workers=3").expectSuccess();
      assertEquals(expected, run().digests());
      assertRounds(ROUNDS);

      Ended ended = Cordee.in(folder).run("train", "--resume=run", "--set=rule.weight_decay=0.1");
      assertEquals(1, ended.exitCode(), ended::toString);
      assertTrue(ended.err().contains("weight_decay: 0.1"), ended::err);

      Cordee.in(folder)
          .run("train", "--resume=run", "--set=stop.rounds=" + (ROUNDS + 10))
          .expectSuccess();
      assertEquals(expected, run().digests().subList(0, ROUNDS + 1));
      assertRounds(ROUNDS + 10);
      Files.move(folder.resolve("run"), folder.resolve("done-" + rule));
    }
  }

  /** As when a server is killed while the checkpoint is there already, or the power fails. */
  @Test
  void roundsWhoseRowsAreMissingAreComputedAgain() throws IOException {
    String[] train = {"train", "--set=rule.name=momentum", "--set=checkpoint.every=10"};
    for (String shards : List.of("1", "2")) {
      Cordee.in(folder)
          .run(
              train[0],
              train[1],
              train[2],
              "--set=model.layers=[64, 1024, 10]",
              "--set=stop.rounds=40",
              "--shards=" + shards,
              "--out=run")
          .expectSuccess();
      List<String> expected = run().digests();
      Path metrics = folder.resolve("run/metrics.csv");
      Files.write(metrics, Files.readAllLines(metrics).subList(0, 37));

      Cordee.in(folder)
          .run("train", "--resume=run", "--shards=" + shards, "--set=stop.rounds=45")
          .expectSuccess();
      assertEquals(expected, run().digests().subList(0, 41));
      assertRounds(45);
      assertEquals(1, run().logged("server INFO  [log] resumed at round 30"));
      Files.move(folder.resolve("run"), folder.resolve("done-" + shards));
    }
  }

  /** One worker hangs, so that the server waits for its leave when all else is done. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTeamWhoseServerIsKilledWhenTheJobIsOverHasCompletedIt(boolean isWorkerKilled)
      throws IOException {
    try (CordeeProcess training = start("--set=stop.rounds=1000")) {
      training.await("ten rounds", () -> run().measured() > 10);
      ProcessHandle second = training.descendant("worker-2");
      training.pause(second);
      training.awaitOut("completed after 1000 rounds");
      training.descendant("server").destroyForcibly();
      if (isWorkerKilled) {
        second.destroyForcibly();
      }
      Ended ended = training.awaitEnd().expectSuccess();
      training.awaitNothingLeft();
      assertTrue(ended.out().contains("nothing is left to train in run: completed"), ended::out);
    }
    assertRounds(1000);
    RunNote.End end = new RunNote.End(RunNote.End.COMPLETED, "completed after 1000 rounds");
    assertEquals(end, RunNote.read(run().folder()).orElseThrow().end());
  }

  @Test
  void aRunThatIsCompleteIsLeftAsItIs() throws IOException {
    Cordee cordee = Cordee.in(folder);
    cordee.train("run", "--set=stop.rounds=5");
    Map<String, Integer> before = contents();
    for (List<String> resume :
        List.of(
            List.of("train", "--resume=run", "--data=nowhere"),
            List.of("train", "--resume=run", "--in-process"),
            List.of("server", "--resume=run", "--listen=127.0.0.1:0"))) {
      Ended ended = cordee.run(resume.toArray(String[]::new)).expectSuccess();
      assertEquals(
          "nothing is left to train in run: completed after 5 rounds; use --set stop.rounds=N to train further\n",
          ended.out());
      assertEquals(before, contents());
    }
    // Nobody knows any more how it was made, nor may write to it without its lock.
    Files.delete(run().file("run.json"));
    Files.delete(run().file("report.html"));
    Set<String> without = contents().keySet();
    cordee.run("server", "--listen=127.0.0.1:0", "--resume=run", "--set", "team.wait=3");
    cordee.run("train", "--resume=run").expectSuccess();
    assertEquals(without, contents().keySet());
  }

  @Test
  void aRunIsLeftAsItIsUntilItsFirstNewRoundIsOver() throws IOException {
    Cordee cordee = Cordee.in(folder);
    Files.writeString(folder.resolve("points.csv"), "x,y,kind\n0,0,0\n1,1,1\n0,1,0\n1,0,1\n");
    Files.writeString(
        folder.resolve("job.yaml"),
        """
        name: points
        model: {layers: [2, 2]}
        data: {train: {format: csv, file: points.csv, label: kind}}
        partitions: 2
        stop: {rounds: 5}
        """);
    cordee.run("train", "job.yaml", "--data=.", "--out=run", "--workers=1").expectSuccess();
    Map<String, Integer> before = contents();
    try (CordeeProcess server =
        cordee.start("server", "--resume=run", "--set=stop.rounds=9", "--listen=127.0.0.1:0")) {
      server.awaitOut("listening on ");
      server.terminate();
      server.awaitEnd();
    }
    assertEquals(before, contents());

    Files.delete(folder.resolve("points.csv"));
    for (String team : List.of("--workers=1", "--in-process")) {
      Ended ended = cordee.run("train", "--resume=run", "--set=stop.rounds=9", "--data=.", team);
      assertEquals(1, ended.exitCode(), ended::toString);
      assertEquals(before, contents());
    }
  }

  /** What all files hold but the log. */
  private Map<String, Integer> contents() throws IOException {
    Map<String, Integer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(run().folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("run.log")) {
          contents.put(file.toString(), Arrays.hashCode(Files.readAllBytes(file)));
        }
      }
    }
    return contents;
  }

  private void assertRounds(int last) throws IOException {
    List<String> rounds =
        Files.readAllLines(folder.resolve("run/metrics.csv")).stream()
            .skip(1)
            .map(row -> row.split(",")[0])
            .toList();
    assertEquals(IntStream.rangeClosed(0, last).mapToObj(Integer::toString).toList(), rounds);
  }

  @Test
  void inspectSaysWhatIsThereAndWhatIsDamaged() throws IOException {
    Cordee.in(folder).run("train", "--set=stop.rounds=60", "--out=run").expectSuccess();
    String digest = run().digests().get(60);
    Ended sound = Cordee.in(folder).run("inspect", "run").expectSuccess();
    assertTrue(sound.out().contains("a sound checkpoint of round 60"), sound::out);
    assertTrue(sound.out().contains("digest    " + digest), sound::out);
    assertTrue(sound.out().contains("leads from round 50 to round 60"), sound::out);
    assertTrue(sound.out().contains("a sound model"), sound::out);

    Path newest = folder.resolve("run/checkpoints/round-00000060.checkpoint");
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(newest, bytes);
    Ended damaged = Cordee.in(folder).run("inspect", "run");
    assertEquals(1, damaged.exitCode(), damaged::toString);
    assertTrue(damaged.out().contains(".checkpoint: NOT SOUND: damaged"), damaged::out);
    // The run goes on all the same.
    Cordee.in(folder).run("train", "--resume=run", "--set=stop.rounds=61").expectSuccess();
    assertEquals(digest, run().digests().get(60));
  }

  @Test
  void aRunThatWasResumedIsNotResumedByASecondServer() throws IOException {
    Cordee cordee = Cordee.in(folder);
    cordee.train("run", "--set=stop.rounds=3");
    String[] resume = {
      "server", "--resume=run", "--set=stop.rounds=1000000", "--listen=127.0.0.1:0"
    };
    try (CordeeProcess first = cordee.start(resume)) {
      first.awaitOut("listening on ");
      String refusal = cordee.run(resume).expectOneLine(1);
      assertTrue(refusal.contains("run: another process is writing to this run"), refusal);
      String note = Files.readString(folder.resolve("run/run.json"));
      cordee
          .run("train", "--resume=run", "--set=stop.rounds=1000000")
          .expectFailure("another process is writing to this run");
      assertEquals(note, Files.readString(folder.resolve("run/run.json")));
    }
  }

  @Test
  void aFolderThatHoldsARunIsLeftAsItIs() throws IOException {
    Cordee cordee = Cordee.in(folder);
    cordee.train("run", "--set=stop.rounds=3");
    String note = Files.readString(folder.resolve("run/run.json"));
    for (String team : new String[] {"--workers=1", "--in-process"}) {
      String refusal = cordee.run("train", "--out=run", team).expectOneLine(1);
      assertTrue(refusal.contains("run holds a run already (metrics.csv)"), refusal);
    }
    assertEquals(note, Files.readString(folder.resolve("run/run.json")));
  }

  @Test
  void whatCannotBeResumedIsRefusedInAClearLine() {
    Cordee.in(folder)
        .run("train", "--resume=nowhere")
        .expectFailure("nowhere holds no run (job.yaml)");
    Ended both = Cordee.in(folder).run("train", "--resume=run", "--out=other");
    assertEquals(2, both.exitCode(), both::toString);
    assertTrue(both.err().contains("--resume continues in the folder it names"), both::err);
  }
}
