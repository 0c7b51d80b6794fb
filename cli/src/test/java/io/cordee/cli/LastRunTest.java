package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.Run;
import io.cordee.experiment.run.RunNote;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that are given {@code runs/last}. */
class LastRunTest {

  @TempDir private Path folder;

  private Path last;
  private Run run;

  @BeforeEach
  void train() {
    last = folder.resolve("runs/last");
    Typed.train(folder.resolve("runs/first"), "--rounds=2");
    run = Typed.train(folder.resolve("runs/second"), "--rounds=3");
  }

  @Test
  void itIsTheRunThatWasBegunLast() throws Exception {
    assertTrue(Files.isSameFile(run.folder(), last));
    Ended evaluated = Typed.run("evaluate", "--model=" + last).expectSuccess();
    assertEquals(Typed.run("evaluate", "--model=" + run.model()).out(), evaluated.out());
    Typed.run("predict", "--model=" + last.resolve("model.safetensors")).expectSuccess();
    Typed.run("export", "--model=" + last, "--out=" + folder.resolve("m.onnx")).expectSuccess();
    Typed.run("inspect", last.toString())
        .expectSuccess()
        .expectOut(run.model() + ": a sound model");
  }

  @Test
  void resumingItIsResumingThatRunByItsName() throws Exception {
    Typed.run("train", "--in-process", "--resume=" + last, "--rounds=5").expectSuccess();
    run.expectRounds(5);
    String job = RunNote.read(run.folder()).orElseThrow().command().get(1);
    assertEquals(run.file("job.yaml").toString(), job, "the command that makes it again");

    Path first = folder.resolve("runs/first");
    Typed.run("train", "--in-process", "--resume=" + first, "--rounds=4").expectSuccess();
    assertTrue(Files.isSameFile(first, last), "the one that was resumed last");
  }

  @Test
  void noRunNorComparisonTakesItsPlace() {
    for (String command : List.of("train", "compare")) {
      Typed.run(command, "--in-process", "--set=stop.rounds=2", "--out=" + last)
          .expectFailure(last + ": expected a folder of the run's own");
    }
    Typed.run("server", "--resume-if-exists", "--listen=127.0.0.1:0", "--out=" + last)
        .expectFailure(last + ": expected a folder of the run's own");
    run.expectRounds(3);
  }

  @Test
  void aReportOfAllRunsShowsItOnce() throws Exception {
    Path page = folder.resolve("all.html");
    String[] all = {
      "report", "--out=" + page, last.toString(), run.folder().toString(), last.getParent() + ""
    };
    Typed.run(all).expectSuccess();

    String html = Files.readString(page);
    assertTrue(html.contains("<h1>2 runs</h1>"), html.substring(0, 500));
    assertFalse(html.contains("\"last\""), "its name is that of the run");
  }
}
