package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class InProcessIT extends InFolder {

  @Tag("slow")
  @Test
  void outputFolderAndDigestsAreThoseOfTheTeamOfProcesses() throws Exception {
    Run processes =
        cordee().train("processes", "--workers=7", "--threads=3", "--set=stop.rounds=20");

    Run one = cordee().runFolder("one");
    Ended ended =
        Typed.run(
                "train",
                "--in-process",
                "--workers=2",
                "--set=stop.rounds=20",
                "--out=" + one.folder())
            .expectSuccess();

    assertEquals(processes.digests(), one.digests());
    assertEquals(-1, Files.mismatch(processes.model(), one.model()));
    assertEquals("", ended.err());
    assertTrue(
        ended
            .out()
            .startsWith("training digits: 2,410 parameters by rprop, 32 partitions on 2 workers\n"),
        ended::toString);
    ended.expectOut("digest " + one.last().digest() + "\nrun folder " + one.folder() + "\n");
    assertTrue(ended.out().endsWith("\nreport " + one.file("report.html") + "\n"), ended::toString);
    assertEquals(2, one.logged("the job is over: completed after 20 rounds"));
  }

  @Tag("slow")
  @Test
  void itGoesOnWithARunThatAnotherTeamBegan() {
    List<String> expected = Typed.train(folder.resolve("whole"), "--set=stop.rounds=12").digests();
    cordee().train("run", "--workers=2", "--set=stop.rounds=6", "--set=checkpoint.every=3");

    String resume = "--resume=" + folder.resolve("run");
    Typed.run("train", "--in-process", "--quiet", resume, "--set=stop.rounds=12").expectSuccess();

    assertEquals(expected, run().digests());
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(strings = {"--in-process", "--workers=2", "--in-process --set=mode=async"})
  void aTerminalThatNobodyReadsDoesNotStopTheTraining(String options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("train", "--set=stop.rounds=20", "--out=run"));
    arguments.addAll(List.of(options.split(" ")));
    if (options.contains("async")) {
      arguments.add("--set=optimizer={name: adam}");
    }
    Process training = cordee().startUnread(Optional.empty(), arguments);
    try {
      Run run = run();
      Await.until(
          "the model",
          CordeeProcess.PATIENCE,
          () -> Files.exists(run.model()),
          () -> run.measured() + " rows");
      assertEquals(21, run.measured());
      assertTrue(training.isAlive(), "it has yet to say how it ended");

      String out = new String(training.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(out.contains("completed after 20 rounds"), out);
      assertTrue(out.contains("run folder run\n"), out);
      assertTrue(out.endsWith("report run/report.html\n"), out);
      assertEquals(0, training.waitFor());
    } finally {
      training.descendants().forEach(ProcessHandle::destroyForcibly);
      training.destroyForcibly();
    }
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(strings = {"--in-process", "--workers=1"})
  void aTerminalThatStaysUnreadKeepsNeitherTheReportNorTheProcess(String option) throws Exception {
    List<String> command = List.of("train", "--set=stop.rounds=20", "--out=run", option);
    Process training = cordee().startUnread(Optional.empty(), command);
    try {
      assertTrue(training.waitFor(CordeeProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS));
      assertEquals(0, training.exitValue());
      assertEquals(21, run().measured());
      assertTrue(Files.exists(folder.resolve("run/report.html")));
      assertTrue(Files.exists(folder.resolve("run/run.json")));
    } finally {
      training.descendants().forEach(ProcessHandle::destroyForcibly);
      training.destroyForcibly();
    }
  }

  @Test
  @Tag("slow")
  void aTerminalThatNobodyReadsDoesNotKeepAnInterruptedProcess() throws Exception {
    Path errors = folder.resolve("errors");
    List<String> command =
        List.of("train", "--in-process", "--set=stop.rounds=1000000", "--out=run");
    Process training = cordee().startUnread(Optional.of(errors), command);
    try {
      Run run = run();
      Await.until(
          "ten rounds",
          CordeeProcess.PATIENCE,
          () -> run.measured() > 10,
          () -> run.measured() + " rows");
      training.toHandle().destroy(); // a Process would close the pipe first
      assertTrue(training.waitFor(CordeeProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS));
      assertTrue(Files.exists(run.model()));
      assertEquals("", Files.readString(errors), "all is saved");
    } finally {
      training.destroyForcibly();
    }
  }

  @Tag("slow")
  @Test
  void dataFilesMayBeAnywhereInAJobOfOnesOwn() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("disk/rows"));
    Files.createDirectory(folder.resolve("data"));
    Path train = Files.writeString(elsewhere.resolve("train.csv"), "0,0,0\n1,1,1\n");
    Path test = write("disk/test.csv", "0,0,0\n1,1,1\n");
    Files.createSymbolicLink(folder.resolve("data/test.csv"), test);
    Path job = folder.resolve("job.yaml");
    Files.writeString(
        job,
        """
        model: {layers: [2, 1], output: sigmoid}
        data:
          train: {format: csv, file: %s, header: false, label: 2}
          test: {format: csv, file: test.csv, header: false, label: 2}
        partitions: 1
        stop: {rounds: 2}
        """
            .formatted(train));
    for (String team : List.of("--in-process", "--workers=1")) {
      cordee().train("run" + team, team, job.toString());
    }
  }

  @Tag("slow")
  @Test
  void dataFilesAreFoundBesideTheJobFile() {
    String job =
        Path.of("..", "examples", "classics", "encoder-10-5-10.yaml").toAbsolutePath().toString();
    Run processes = cordee().train("processes", "--workers=1", job);
    Run one = Typed.train(folder.resolve("one"), job);
    assertEquals(processes.digests(), one.digests());
    for (Run run : List.of(processes, one)) {
      Path again = folder.resolve("again-" + run.folder().getFileName());
      String copy = run.file("job.yaml").toString();
      Ended ended = Typed.run("train", "--in-process", "--out=" + again, copy).expectSuccess();
      ended.expectOut("(every output is within tolerance)");
      assertEquals(run.digests(), new Run(again).digests());
    }
  }
}
