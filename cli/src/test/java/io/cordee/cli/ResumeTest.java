package io.cordee.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import io.cordee.experiment.run.RunNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --resume} continues, and what it leaves alone. */
class ResumeTest extends InFolder {

  private Run train(String... job) {
    return Typed.train(path(), job);
  }

  private Path path() {
    return folder.resolve("run");
  }

  private Ended resume(String... more) {
    return Typed.run(List.of("train", "--in-process", "--resume=" + path()), more);
  }

  @Test
  void aRunCanBeMadeLongerButNotBeAnother() {
    Run run = train("--set=stop.rounds=60");
    List<String> expected = run.digests();
    Ended ended = resume("--set=optimizer.weight_decay=0.1");
    assertTrue(ended.expectOneLine(2).contains("weight_decay: 0.1"), ended::err);

    resume("--set=stop.rounds=70").expectSuccess();
    assertEquals(expected, run.digests().subList(0, 61));
    run.expectRounds(70);
  }

  /** As after a kill with the checkpoint already written, or a power failure. */
  @Test
  void roundsWhoseRowsAreMissingAreComputedAgain() throws IOException {
    Run run =
        train("--set=optimizer.name=momentum", "--set=checkpoint.every=10", "--set=stop.rounds=40");
    List<String> expected = run.digests();
    run.cut(35);

    resume("--set=stop.rounds=45").expectSuccess();
    assertEquals(expected, run.digests().subList(0, 41));
    run.expectRounds(45);
    assertEquals(1, run.logged("train INFO  [log] resumed at round 30"));
  }

  @Tag("slow")
  @Test
  void aRunThatIsCompleteIsLeftAsItIs() throws IOException {
    Run run = train("--set=stop.rounds=5");
    Map<String, Integer> before = run.contents();
    String resume = "--resume=" + path();
    for (List<String> words :
        List.of(
            List.of("train", resume, "--data=nowhere"),
            List.of("train", resume, "--in-process"),
            List.of("server", resume, "--listen=127.0.0.1:0"))) {
      Ended ended = Typed.run(words).expectSuccess();
      assertEquals(
          "nothing is left to train in "
              + path()
              + ": completed after 5 rounds; use --rounds N or --epochs N to train further\n",
          ended.out());
      assertEquals(before, run.contents());
    }
    // It is unknown how it was made, and nothing may be written without the run's lock.
    Files.delete(run.file("run.json"));
    Files.delete(run.file("report.html"));
    Set<String> without = run.contents().keySet();
    Typed.run("server", "--listen=127.0.0.1:0", resume, "--set", "team.wait=3").expectSuccess();
    Typed.run("train", resume).expectSuccess();
    assertEquals(without, run.contents().keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rounds=3", "--epochs=3"})
  void aRunIsNotResumedForFewerRoundsThanItHas(String fewer) throws IOException {
    Run run = train("--set=stop.rounds=5");
    Map<String, Integer> before = run.contents();
    resume(fewer)
        .expect(2, "already has 5 rounds; found stop conditions that end it at round 3; give");
    assertEquals(before, run.contents());
  }

  /** By rounds, they would not have ended it earlier, and cannot now. */
  @Test
  void aCompleteRunSaysThatOtherStopConditionsHaveNoEffect() throws IOException {
    Run run = train("--set=stop.rounds=5", "--set=data.split={validation: 0.1}");
    Map<String, Integer> before = run.contents();
    for (String changed : List.of("stop.patience=3", "stop.min_delta=0.1", "stop.loss=9")) {
      String said = resume("--set=" + changed).expectSuccess().out();
      assertTrue(
          said.contains(
              "completed after 5 rounds; other stop conditions have no effect on a complete run; use"),
          said);
    }
    String said = resume("--rounds=5").expectSuccess().out();
    assertFalse(said.contains("effect"), said);
    assertEquals(before, run.contents());
  }

  /** The rows of the last rounds are lost. */
  @Test
  void aModelIsNotReplacedByOneOfFewerRounds() throws IOException {
    Run run = train("--set=stop.rounds=5");
    run.cut(3);
    Map<String, Integer> before = run.contents();
    resume("--rounds=3").expect(2, "already has 5 rounds; found stop conditions");
    assertEquals(before, run.contents());
  }

  /** As when the process is killed while it evaluates the model. */
  @Test
  void whatACompleteRunLacksIsMade() throws IOException {
    Run run = train("--set=stop.rounds=5");
    List<String> files = List.of("run.json", "evaluation.json", "report.html");
    RunNote whole = RunNote.read(path()).orElseThrow();
    for (List<String> words :
        List.of(
            List.of("train", "--resume=" + path()),
            List.of("server", "--resume=" + path(), "--listen=127.0.0.1:0"),
            List.of("report", path().toString()))) {
      for (String file : files) {
        Files.delete(run.file(file));
      }
      whole.endedBy(new RunNote.End(RunNote.End.OPEN, "")).write(path());

      Typed.run(words).expectSuccess();
      assertEquals(whole, RunNote.read(path()).orElseThrow(), words::toString);
      files.forEach(file -> assertTrue(Files.exists(run.file(file)), () -> file + " by " + words));
    }
  }

  /** As when the process is killed between the last row and the model. */
  @ParameterizedTest
  @CsvSource({"rprop, train --data=nowhere", "adam, server --listen=127.0.0.1:0"})
  void aModelThatIsMissingIsMadeOfTheCheckpoint(String optimizer, String command)
      throws IOException {
    Run run = train("--set=stop.rounds=5", "--set=optimizer.name=" + optimizer);
    RunNote whole = RunNote.read(path()).orElseThrow();
    byte[] model = Files.readAllBytes(run.model());
    byte[] metrics = Files.readAllBytes(run.file("metrics.csv"));
    Files.delete(run.model());
    Files.delete(run.file("evaluation.json"));
    whole.endedBy(new RunNote.End(RunNote.End.OPEN, "")).write(path());
    Ended ended = Typed.run(List.of(command.split(" ")), "--resume=" + path()).expectSuccess();
    assertTrue(ended.out().startsWith("nothing is left to train in "), ended::out);
    assertEquals(whole, RunNote.read(path()).orElseThrow());
    assertTrue(Files.exists(run.file("evaluation.json")));
    assertArrayEquals(weights(model), weights(Files.readAllBytes(run.model())));
    assertArrayEquals(metrics, Files.readAllBytes(run.file("metrics.csv")));
    resume("--set=stop.rounds=9").expectSuccess();
    run.expectRounds(9);
  }

  @Test
  void aRunThatIsToEndAtItsLastRowIsCompletedWithThatJob() throws IOException {
    Run run = train("--set=stop.rounds=5");
    Files.delete(run.model());
    Files.delete(run.file("evaluation.json"));
    RunNote.End open = new RunNote.End(RunNote.End.OPEN, "");
    RunNote.read(path()).orElseThrow().endedBy(open).write(path());
    Path file = run.file("job.yaml");
    Files.writeString(file, Files.readString(file).replace("rounds: 5", "rounds: 9"));
    Ended ended = resume("--set=stop.rounds=5").expectSuccess();
    assertTrue(ended.out().startsWith("nothing is left to train in "), ended::out);
    assertTrue(Files.readString(file).contains("rounds: 5"));
    assertTrue(Files.exists(run.file("evaluation.json")));
    assertEquals("completed after 5 rounds", RunNote.read(path()).orElseThrow().end().message());
  }

  /** They are the last bytes of the file. */
  private static byte[] weights(byte[] model) {
    return Arrays.copyOfRange(model, model.length - 4 * 2410, model.length);
  }

  /** Then whether a round was the last takes measures that are not on record. */
  @Test
  void aLastRoundWithoutAModelIsMeasuredAgainAndThatIsSaid() throws IOException {
    Run run = train("--set=stop.rounds=5", "--set=stop.tolerance=1e-9");
    List<String> digests = run.digests();
    String waits = "round 5 may be the last; it is on record, but there is no model of it: waiting";
    for (String file : List.of("model.safetensors", "evaluation.json", "run.json")) {
      Files.delete(run.file(file));
    }
    Ended ended = resume().expectSuccess();
    ended.expectOut(waits);
    assertEquals(digests, run.digests());
    assertTrue(Files.exists(run.file("evaluation.json")));
    assertEquals("completed after 5 rounds", RunNote.read(path()).orElseThrow().end().message());
  }

  @Test
  void aRoundThatWasNotEvaluatedIsMeasuredAgainWhereItIsToBeTheLast() throws IOException {
    Run run =
        train(
            "--set=stop.rounds=5",
            "--set=checkpoint.every=3",
            "--set=evaluate_every=2",
            "--set=digest_every=1");
    run.cut(3);
    Files.delete(run.model());
    Ended ended = resume("--set=stop.rounds=3").expectSuccess();
    ended.expectOut("round 3 may be the last");
    assertFalse(run.last().testAccuracy().isEmpty());
  }

  private Run trainOnPoints(String... more) throws IOException {
    write("points.csv", "x,y,kind\n0,0,0\n1,1,1\n0,1,0\n1,0,1\n");
    write(
        "job.yaml",
        """
        name: points
        model: {layers: [2, 2]}
        data: {train: {format: csv, file: points.csv, label: kind}}
        partitions: 2
        stop: {rounds: 5}
        """);
    Stream<String> usual = Stream.of(path("job.yaml"), "--data=" + folder);
    return train(Stream.concat(usual, Stream.of(more)).toArray(String[]::new));
  }

  /** The checkpoint decides, not the folder's job. */
  @ParameterizedTest
  @ValueSource(strings = {"rprop", "adam"})
  void otherRowsAreRefusedThoughTheJobsFileIsAnother(String optimizer) throws IOException {
    Run run = trainOnPoints("--set=optimizer.name=" + optimizer);
    String job = Files.readString(run.file("job.yaml"));
    Path points = folder.resolve("points.csv");
    String rows = Files.readString(points);
    String data = "--data=" + folder;
    for (String found :
        List.of("", "found:\n  rows: 4 training rows, checksum 0123456789abcdef\n")) {
      Files.writeString(run.file("job.yaml"), job.substring(0, job.indexOf("found:")) + found);
      Files.writeString(points, rows.replace("0,1,0", "0,2,0"));
      Ended other = resume("--set=stop.rounds=9", data);
      other.expect(1);
      String refusal =
          "its data differ from those of the run so far: expected 4 training and 0 test rows, checksum 5";
      other.expectErr(refusal);
      run.expectRounds(5);
      Files.writeString(points, rows);
    }
    resume("--set=stop.rounds=9", data).expectSuccess();
    run.expectRounds(9);
  }

  @Test
  void aRunWhoseDataAreGoneIsLeftAsItIs() throws IOException {
    String data = "--data=" + folder;
    Run run = trainOnPoints();
    Map<String, Integer> before = run.contents();
    Files.delete(folder.resolve("points.csv"));
    for (String team : List.of("--workers=1", "--in-process")) {
      Typed.run("train", "--resume=" + path(), "--set=stop.rounds=9", data, team).expect(1);
      assertEquals(before, run.contents());
    }
  }

  @Test
  void inspectSaysWhatIsThereAndWhatIsDamaged() throws IOException {
    Run run = train("--set=stop.rounds=60");
    String digest = run.digests().get(60);
    Ended sound = Typed.run("inspect", path().toString()).expectSuccess();
    sound.expectOut("a sound checkpoint of round 60", "digest    " + digest, "a sound model");

    Path newest = run.file("checkpoints/round-00000060.checkpoint");
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(newest, bytes);
    Ended damaged = Typed.run("inspect", path().toString());
    damaged.expect(1);
    damaged.expectOut(".checkpoint: NOT SOUND: damaged");
    resume("--set=stop.rounds=61").expectSuccess();
    assertEquals(digest, run.digests().get(60));
  }

  @Test
  void inspectSaysWhichModelIsOlderAndRefusesChangedMetadata() throws IOException {
    Run run = train("--set=stop.rounds=2");
    Path model = run.file("model.safetensors");
    String text = Files.readString(model, ISO_8859_1);
    Files.writeString(model, text.replace("\"rounds\":\"2\"", "\"rounds\":\"3\""), ISO_8859_1);
    Ended changed = Typed.run("inspect", model.toString());
    changed.expect(1);
    changed.expectOut("NOT SOUND: damaged, or changed by another program: expected a header of");
    Typed.run("predict", "--model", model.toString())
        .expectFailure("damaged, or changed by another program: expected a header of checksum");

    String older =
        text.replace("cordee-model-2", "cordee-model-1")
            .replaceFirst(
                "\"checksum\":\"[0-9a-f]{16}([0-9a-f]{16})\"",
                "\"checksum\":\"$1\"" + " ".repeat(16));
    Files.writeString(model, older, ISO_8859_1);
    Typed.run("inspect", model.toString())
        .expectSuccess()
        .expectOut("a sound model (older file: its metadata carry no checksum)");
  }

  @Test
  void aFolderThatHoldsARunIsLeftAsItIs() throws IOException {
    Run run = train("--set=stop.rounds=3");
    String note = Files.readString(run.file("run.json"));
    for (String team : new String[] {"--workers=1", "--in-process"}) {
      Typed.run("train", "--out=" + path(), team)
          .expectOneLine(1, "run holds a run already (metrics.csv)");
    }
    assertEquals(note, Files.readString(run.file("run.json")));
  }

  @Test
  void whatCannotBeResumedIsRefusedInAClearLine() {
    Typed.run("train", "--resume=nowhere").expectFailure("nowhere holds no run (job.yaml)");
    Typed.run("train", "--resume=run", "--out=other")
        .expect(2, "--resume continues in the folder it names");
  }
}
