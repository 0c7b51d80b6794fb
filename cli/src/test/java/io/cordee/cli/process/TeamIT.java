package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import io.cordee.experiment.run.RunNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class TeamIT extends InFolder {

  private static final int ROUNDS = 150;
  private static final String JOB = "--set=stop.rounds=" + ROUNDS;

  private CordeeProcess server(int workers) {
    return cordee().server(JOB, "--workers=" + workers);
  }

  private CordeeProcess serverAt(String address, String... more) {
    return cordee().start(List.of("server", "--listen=" + address), more);
  }

  private void awaitRound(CordeeProcess server, int round) {
    server.await("round " + round, () -> run().measured() > round);
  }

  @Test
  void aWorkerThatStartsBeforeItsServerWaitsForItAndSaysSo() {
    String address = "127.0.0.1:" + Cordee.freePort();
    try (CordeeProcess worker = cordee().worker(address, "early")) {
      worker.awaitErr("could not reach the server at " + address + ": ");
      worker.awaitErr("; retrying for 600 s (a server leaves when its job is over)");
      try (CordeeProcess server = serverAt(address, "--out=run", "--set=stop.rounds=3")) {
        server.awaitEnd().expectSuccess();
        Ended ended = worker.awaitEnd().expectSuccess();

        assertEquals(1, ended.err().lines().filter(line -> line.contains("retrying")).count());
        ended.expectErr("the job is over: completed after 3 rounds");
      }
    }
    assertEquals(4, run().measured());
  }

  @Test
  void whatTheEnvironmentSaysNeedsNoOptions() throws IOException {
    Path job = write("job.yaml", "model: {layers: [64, 10]}\ndata: digits\nstop: {rounds: 3}\n");
    Map<String, String> ofServer =
        Map.of(
            "CORDEE_JOB", job.toString(),
            "CORDEE_LISTEN", "127.0.0.1:0",
            "CORDEE_WORKERS", "1");
    try (CordeeProcess server = cordee().startIn(ofServer, "server", "--out=run")) {
      Map<String, String> ofWorker =
          Map.of("CORDEE_SERVER", server.address(), "CORDEE_THREADS", "1");
      try (CordeeProcess worker = cordee().startIn(ofWorker, "worker")) {
        worker.awaitEnd().expectSuccess();
      }
      server.awaitEnd().expectSuccess();
    }
    assertEquals(4, run().measured());
  }

  @Test
  void aServerBesideTheDataCountsLayersAndNamesTheBestThreshold() throws IOException {
    Files.createDirectory(folder.resolve("data"));
    String rows = "-1,no\n1,yes\n0.5,no\n2,yes\n-3,no\n".repeat(20);
    write("data/table.csv", "x,kind\n" + rows);
    String data =
        "{train: {format: csv, file: table.csv, label: kind}, split: {validation: 0.3, test: 0.3}}";
    write("job.yaml", "model: {layers: [auto, auto]}\ndata: " + data + "\n");
    try (CordeeProcess server = cordee().server("--job=job.yaml", "--set=stop.rounds=20")) {
      try (CordeeProcess worker = cordee().worker(server.address(), "one")) {
        worker.awaitEnd().expectSuccess();
      }
      String out = server.awaitEnd().expectSuccess().out();
      String hint = "threshold [0-9.]+ gives the best F1 for class yes on the .*";
      assertTrue(out.lines().anyMatch(line -> line.matches(hint)), out);
    }
    String job = read("run/job.yaml");
    assertTrue(job.contains("layers: [1, 2]"), job);
  }

  @Test
  void aWorkerOfAnotherVersionIsSentAwayAndBothSidesSayWhy() throws IOException {
    Path version = folder.resolve("other/io/cordee/proto/version.txt");
    Files.createDirectories(version.getParent());
    Files.writeString(version, "0.0.1");
    try (CordeeProcess server = cordee().server("--set=stop.rounds=3", "--workers=1")) {
      Cordee other = cordee().with("-Xbootclasspath/a:" + folder.resolve("other"));
      Ended ended = other.run("worker", "--server=" + server.address(), "--threads=1");

      String why = "the worker is Cordee 0.0.1 (protocol 2); run the same version of Cordee";
      ended.expectFailure("refused this worker: this server is Cordee ", why);
      assertEquals(1, run().logged(why));
      try (CordeeProcess same = cordee().worker(server.address(), "same")) {
        same.awaitEnd().expectSuccess();
      }
      server.awaitEnd().expectSuccess();
    }
    run().expectQuietDigests();
  }

  @Test
  void aWorkerThatFindsNoServerGivesUpInTheTimeThatItWasGiven() {
    String address = "127.0.0.1:" + Cordee.freePort();

    Ended ended = Typed.run("worker", "--server=" + address, "--wait=1");

    ended.expectFailure(
        "could not reach the server at " + address + ": ",
        "Connection refused; gave up after 1 s: is the server running, and the address right?");
  }

  @Test
  void aWorkerThatJoinsInTheMiddleWorksAlongAndLeavesNoTrace() {
    try (CordeeProcess server = server(1);
        CordeeProcess first = cordee().worker(server.address(), "first")) {
      awaitRound(server, 5);
      first.pause();
      try (CordeeProcess second = cordee().worker(server.address(), "second")) {
        server.await("the second worker", () -> run().logged("joined; 2 connected") == 1);
        first.goOn();

        server.awaitEnd().expectSuccess();
        first.awaitEnd().expectSuccess();
        second.awaitEnd().expectSuccess();
      }
    }
    run().expectQuietDigests();
  }

  @Test
  void aNewcomerTakesOverFromAWorkerThatIsKilledInMidJob() {
    try (CordeeProcess server = server(1);
        CordeeProcess first = cordee().worker(server.address(), "first")) {
      awaitRound(server, 5);
      first.pause();
      try (CordeeProcess second = cordee().worker(server.address(), "second")) {
        server.await("the second worker", () -> run().logged("joined; 2 connected") == 1);
        first.kill();

        Ended ended = server.awaitEnd().expectSuccess();
        second.awaitEnd().expectSuccess();
        ended.expectOut("first left: the connection was lost; 1 connected");
      }
    }
    run().expectQuietDigests();
  }

  @Test
  void theOthersFinishTheJobWhenAWorkerIsTerminatedOrKilled() {
    try (CordeeProcess server = server(4);
        CordeeProcess first = cordee().worker(server.address(), "first");
        CordeeProcess second = cordee().worker(server.address(), "second");
        CordeeProcess third = cordee().worker(server.address(), "third");
        CordeeProcess fourth = cordee().worker(server.address(), "fourth")) {
      awaitRound(server, 2);
      second.terminate();
      fourth.pause();
      fourth.kill();

      Ended ended = server.awaitEnd().expectSuccess();
      first.awaitEnd().expectSuccess();
      third.awaitEnd().expectSuccess();
      assertEquals(143, second.awaitEnd().exitCode());
      ended.expectOut("second left: it was interrupted or terminated", "fourth left: ");
    }
    run().expectQuietDigests();
  }

  @Test
  void workersWaitForAServerThatIsKilledAndGoOnWithTheNextOne() {
    String address = "127.0.0.1:" + Cordee.freePort();
    try (CordeeProcess first = cordee().worker(address, "first");
        CordeeProcess second = cordee().worker(address, "second")) {
      try (CordeeProcess server = serverAt(address, "--out=run", JOB, "--workers=2")) {
        awaitRound(server, 5);
        first.pause();
        server.kill();
        server.awaitEnd();
        first.goOn();
      }
      first.awaitErr("lost the connection to the server at " + address + ": ");
      second.awaitErr("; retrying for 600 s");
      try (CordeeProcess server = serverAt(address, "--out=next", JOB, "--workers=2")) {
        server.awaitEnd().expectSuccess();
        Ended ended = first.awaitEnd().expectSuccess();
        assertEquals(
            1, ended.err().lines().filter(line -> line.contains("lost the connection")).count());
        second.awaitEnd().expectSuccess();
      }
    }
    cordee().runFolder("next").expectQuietDigests();
  }

  @Test
  void aWorkerWhoseServerDoesNotComeBackGivesUpInTheTimeThatItWasGiven() {
    try (CordeeProcess server = cordee().server("--set=stop.rounds=1000000");
        CordeeProcess worker =
            cordee().start("worker", "--server=" + server.address(), "--wait=3", "--name=first")) {
      String address = server.address();
      awaitRound(server, 5);
      server.kill();
      worker
          .awaitEnd()
          .expectFailure("could not reach the server at " + address, "gave up after 3 s");
    }
  }

  @Test
  void aHostThatIsNotKnownIsWaitedForInOneLine() {
    Ended ended =
        Typed.run("worker", "--server=no-such-host.invalid:7311", "--insecure", "--wait=2");
    ended.expectFailure("the server at no-such-host.invalid:7311: unknown host; gave up after 2 s");
    assertEquals(2, ended.err().lines().count(), ended::toString);
  }

  @Test
  void aLateWorkerIsToldThatTheJobIsOver() {
    try (CordeeProcess server =
            // Other tests may hold up the late one for long.
            cordee().server("--set=stop.rounds=2", "--workers=1", "--linger=600");
        CordeeProcess worker = cordee().worker(server.address(), "in-time")) {
      worker.awaitEnd().expectSuccess();
      Ended late = Typed.run("worker", "--server=" + server.address(), "--name=late", "--wait=60");
      late.expectSuccess();
      late.expectErr("the job is over: completed after 2 rounds");
    }
  }

  @Test
  void aServerLeavesAReportAndHowTheRunWasMade() throws IOException {
    String job = "--set=stop.rounds=5";
    try (CordeeProcess server = cordee().server(job, "--workers=2");
        CordeeProcess first = cordee().worker(server.address(), "first");
        CordeeProcess second = cordee().worker(server.address(), "second")) {
      server.awaitEnd().expectSuccess();
      first.awaitEnd().expectSuccess();
      second.awaitEnd().expectSuccess();
    }
    RunNote note = RunNote.read(run().folder()).orElseThrow();
    assertEquals(List.of("server", "--listen=127.0.0.1:0", job, "--workers=2"), note.command());
    assertEquals("2 workers (cluster)", note.team().text());
    assertEquals(new RunNote.End(RunNote.End.COMPLETED, "completed after 5 rounds"), note.end());
    assertTrue(Files.readString(run().file("report.html")).contains("2 workers (cluster)"));
  }

  @Test
  void healthTellsWhetherAServerServes() {
    try (CordeeProcess server = server(1)) {
      String address = server.address();
      String out = Typed.run("health", address, "--timeout=60").expectSuccess().out();
      assertEquals("SERVING\n", out);
      Typed.run("health", address, "--timeout=0").expectOneLine(2, "--timeout must be at least 1");
    }
    String nobody = "127.0.0.1:" + Cordee.freePort();
    String line = Typed.run("health", nobody).expectOneLine(1);
    assertTrue(line.startsWith("could not reach the server at " + nobody + ": "), line);
    assertTrue(line.endsWith("Connection refused"), line);
  }

  @Test
  void aWorkerWithoutItsDataSaysSoOnce() throws IOException {
    write(
        "job.yaml",
        "data: {train: {format: csv, file: absent.csv, label: y}}\nmodel: {layers: [2, 2]}\n");
    try (CordeeProcess server = cordee().server("--job=job.yaml", "--set=team.wait=1");
        CordeeProcess worker = cordee().worker(server.address(), "one", "--data=.")) {
      Ended ended = worker.awaitEnd();
      ended.expectFailure("absent.csv");
      assertEquals(
          1, ended.err().lines().filter(line -> line.contains("absent.csv")).count(), ended.err());
    }
  }
}
