package io.cordee.server.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.file.Draft;
import io.cordee.common.job.Best;
import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelFile;
import io.cordee.function.Stats;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFolderTest {

  private static final String HEADER =
      "round,loss,train_accuracy,test_accuracy,seconds,rows_per_second,digest,test_loss,validation_loss,validation_accuracy";
  private static final Measurement FIRST =
      Measurement.of(
          List.of(),
          0,
          new Tally(8, 18, 1, 0),
          new Evaluated(Optional.empty(), Optional.of(new Tally(4, 1, 3, 0))),
          Optional.empty(),
          0,
          OptionalDouble.empty(),
          "00000000000000ab");
  private static final Measurement SECOND =
      Measurement.of(
          List.of(),
          1,
          new Tally(8, 2, 6, 0),
          new Evaluated(Optional.empty(), Optional.empty()),
          Optional.empty(),
          1234.5678915,
          OptionalDouble.of(1234567.89),
          "00000000000000cd");

  @TempDir private Path temp;

  private Path path;

  @BeforeEach
  void choosePath() {
    path = temp.resolve("run");
  }

  private RunFolder create(String... overrides) throws IOException {
    return RunFolder.create(path, job(overrides), Found.NOTHING);
  }

  private RunFolder resume(String... overrides) throws IOException {
    return RunFolder.resume(path, job(overrides), Found.NOTHING);
  }

  private static String refusal(Executable action) {
    return assertThrows(IOException.class, action).getMessage();
  }

  @Test
  void everyRoundIsARow() throws IOException {
    try (RunFolder folder = create()) {
      assertEquals(List.of(HEADER), metrics(folder));
      folder.measured(FIRST);
      assertEquals(
          List.of(HEADER, "0,2.25,0.125,0.75,0.000000,,00000000000000ab,0.25,,"), metrics(folder));
      folder.measured(SECOND);
    }
    List<String> rows = Files.readAllLines(path.resolve("metrics.csv"));
    assertEquals("1,0.25,0.75,,1234.567892,1234567.9,00000000000000cd,,,", rows.get(2));
  }

  @Test
  void theRowsAreTheSameWhereverOneLives() throws IOException {
    Locale before = Locale.getDefault();
    try {
      for (String language : List.of("de-DE", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva")) {
        Locale.setDefault(Locale.forLanguageTag(language));
        try (RunFolder folder = RunFolder.create(temp.resolve(language), job(), Found.NOTHING)) {
          folder.measured(SECOND);
          assertEquals(
              "1,0.25,0.75,,1234.567892,1234567.9,00000000000000cd,,,", metrics(folder).get(1));
        }
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void rowsWithTargetsHaveNoAccuracy() throws IOException {
    Job regression =
        JobFile.parse(
            String.join(
                "\n",
                "name: regression",
                "model: {layers: [1, 1], output: linear, loss: squared-error}",
                "data:",
                "  train: {format: csv, file: train.csv, targets: ['1']}"),
            "regression.yaml",
            List.of());
    try (RunFolder folder = RunFolder.create(temp.resolve("run"), regression, Found.NOTHING)) {
      Tally uncounted = new Tally(8, 18, Stats.NOT_COUNTED, 0);
      folder.measured(
          Measurement.of(
              List.of(),
              0,
              uncounted,
              new Evaluated(Optional.empty(), Optional.of(new Tally(4, 1, Stats.NOT_COUNTED, 0))),
              Optional.empty(),
              0,
              OptionalDouble.empty(),
              FIRST.digest()));
      assertEquals("0,2.25,,,0.000000,,00000000000000ab,0.25,,", metrics(folder).get(1));
    }
  }

  @Test
  void theJobIsKeptFullyResolved() throws IOException {
    try (RunFolder folder = create()) {
      String kept = Files.readString(folder.path().resolve("job.yaml"));
      assertEquals(job(), JobFile.parse(kept, "job.yaml", List.of()));
      assertTrue(kept.contains("evaluate_every"), "a default is written out");
    }
  }

  @Test
  void whereTheDataAreStaysInTheFolderAndGoesNowhereElse() throws IOException {
    Found here = new Found(Optional.of(Path.of("/srv/data")));
    try (RunFolder folder = RunFolder.create(path, job(), here)) {
      folder.measured(FIRST);
      folder.ended(new Outcome.Completed("completed"), 1, "00000000000000ef", weights());
    }
    assertEquals(here.data(), JobFile.found(path.resolve("job.yaml")).data());
    Map<String, String> metadata = ModelFile.readMetadata(path.resolve("model.safetensors"));
    assertFalse(metadata.toString().contains("/srv/data"), metadata::toString);

    resume().close();
    assertEquals(here.data(), JobFile.found(path.resolve("job.yaml")).data());
    Found there = new Found(Optional.of(Path.of("/mnt/data")));
    RunFolder.resume(path, job(), there).close();
    assertEquals(
        here.data(), JobFile.found(path.resolve("job.yaml")).data(), "before a row is added");
    try (RunFolder folder = RunFolder.resume(path, job(), there)) {
      folder.resumed(0);
      folder.measured(FIRST);
    }
    assertEquals(there.data(), JobFile.found(path.resolve("job.yaml")).data());
  }

  @Test
  void aRunKeepsItsId() throws IOException {
    String id = created().run();
    assertFalse(id.isEmpty());
    assertNotEquals(id, created().run());
    String kept = JobFile.found(path.resolve("job.yaml")).run();
    try (RunFolder folder = resume()) {
      assertEquals(kept, folder.found().run());
    }
  }

  /** Makes the folder anew, with a round in it. */
  private Found created() throws IOException {
    RunFiles.deleteRun(path);
    try (RunFolder folder = create()) {
      folder.measured(FIRST);
      return folder.found();
    }
  }

  @Test
  void theJobIsNotWrittenAgainWhereColumnsHaveNoNames() throws IOException {
    try (RunFolder folder = create()) {
      Object before = file();
      folder.dataFound(Columns.UNKNOWN);
      folder.started(2, 100);
      assertEquals(before, file());
    }
  }

  private Object file() throws IOException {
    return Files.readAttributes(path.resolve("job.yaml"), BasicFileAttributes.class).fileKey();
  }

  @Test
  void theColumnsOfTheRowsStayWithTheModelAndForTheRunToGoOn() throws IOException {
    Columns columns = new Columns("a, b", "kind");
    try (RunFolder folder = create()) {
      folder.dataFound(columns);
      folder.started(2, 100);
      assertEquals(columns, JobFile.found(path.resolve("job.yaml")).columns(), "killed from here");
      folder.measured(FIRST);
      folder.ended(new Outcome.Completed("completed"), 1, "00000000000000ef", weights());
    }
    Map<String, String> metadata = ModelFile.readMetadata(path.resolve("model.safetensors"));
    assertEquals("a, b", metadata.get("columns"));
    assertEquals("kind", metadata.get("targets"));
    assertEquals(JobFile.write(job()), metadata.get("job"));
    try (RunFolder folder = resume()) {
      assertEquals(columns, folder.found().columns());
    }
    assertEquals(columns, JobFile.found(path.resolve("job.yaml")).columns());
  }

  @Test
  void aFolderThatHoldsARunIsRefusedAndLeftAlone() throws IOException {
    try (RunFolder folder = create()) {
      folder.measured(FIRST);
    }
    String refusal = refusal(() -> create());
    assertTrue(refusal.contains(path + " holds a run already"));
    assertEquals(2, Files.readAllLines(path.resolve("metrics.csv")).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"job.yaml", "model.safetensors", "notes.txt", "checkpoints"})
  void aFolderThatHoldsOtherFilesIsRefusedAndLeftAlone(String mine) throws IOException {
    Files.createDirectory(path);
    Files.writeString(path.resolve(mine), "# precious");
    String refusal = refusal(() -> create());
    assertTrue(refusal.startsWith(path + " holds " + mine + "; expected a folder"), refusal);
    assertEquals("# precious", Files.readString(path.resolve(mine)));
    assertEquals(List.of(mine), files(path));
  }

  /** As when a server is killed before it listens: nothing was trained. */
  @ParameterizedTest
  @ValueSource(strings = {"", "round,lo", HEADER + "\n"})
  void aRunThatWasKilledBeforeItsFirstRoundIsNotInTheWay(String metrics) throws IOException {
    killed(metrics);
    RunFiles.requireFree(path);
    try (RunFolder folder = create()) {
      folder.measured(FIRST);
    }
    assertEquals(2, Files.readAllLines(path.resolve("metrics.csv")).size());
    assertEquals(job(), SavedRun.job(path));
  }

  private void killed(String metrics) throws IOException {
    Files.createDirectory(path);
    Files.createFile(path.resolve(".lock"));
    Files.writeString(path.resolve("job.yaml"), "name: killed");
    Files.writeString(path.resolve("metrics.csv"), metrics);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "checkpoints/round-00000003.checkpoint", "mine.txt"})
  void butOneThatHasMoreIs(String more) throws IOException {
    killed(HEADER + "\n");
    Files.createDirectories(path.resolve(more).getParent());
    Files.createFile(path.resolve(more));
    assertThrows(IOException.class, () -> create());
    assertEquals("name: killed", Files.readString(path.resolve("job.yaml")));
  }

  @Test
  void andOneThatStillWaitsForItsFirstRoundIs() throws IOException {
    try (RunFolder folder = create()) {
      String refusal = refusal(() -> create());
      assertTrue(refusal.contains("another process is writing to this run"));
      folder.measured(FIRST);
    }
  }

  @Test
  void ofManyOtherFilesAFewAreNamed() throws IOException {
    for (int i = 1; i <= 9; i++) {
      Files.createFile(temp.resolve("file-" + i));
    }
    String refusal = refusal(() -> RunFiles.requireFree(temp));
    assertTrue(refusal.contains("holds file-1, file-2, file-3 and 6 more; expected"), refusal);
  }

  @Test
  void whatATeamLeavesBeforeItsRunBeginsIsNotInTheWay() throws IOException {
    Files.createDirectory(path);
    Files.createFile(path.resolve(".lock"));
    Files.writeString(path.resolve("run.log"), "begun");
    try (RunFolder folder = create()) {
      assertEquals(List.of(".lock", "job.yaml", "metrics.csv", "run.log"), files(folder.path()));
    }
  }

  @Test
  void aShardMayShareTheFolderOfARunButNoOther() throws IOException {
    RunFiles.requireRunOrFree(temp.resolve("new"));
    Path kept = Files.createDirectories(temp.resolve("shard/checkpoints")).getParent();
    RunFiles.requireRunOrFree(kept);
    try (RunFolder run = create()) {
      RunFiles.requireRunOrFree(run.path());
    }
    Path mine = Files.createDirectory(temp.resolve("mine"));
    Files.createFile(mine.resolve("thesis.tex"));
    String refusal = refusal(() -> RunFiles.requireRunOrFree(mine));
    assertTrue(refusal.contains("mine holds thesis.tex"), refusal);
  }

  @Test
  void theEndLeavesTheModelAndHowItCameToBe() throws IOException {
    try (RunFolder folder = create()) {
      Outcome outcome = new Outcome.Completed("completed after 7 rounds");
      float[] weights = {1, -0.0f, Float.MIN_VALUE, 4, 5, 6, 7, 8, 9, 10};
      folder.measured(FIRST);
      assertSame(
          outcome, folder.ended(outcome, 7, "00000000000000ef", Optional.of(List.of(weights))));
      ModelFile model = ModelFile.read(folder.path().resolve("model.safetensors"));
      assertArrayEquals(weights, model.parameters());
      assertEquals(job().model(), model.model());
      assertEquals(
          Map.of(
              "job", JobFile.write(job()),
              "rounds", "7",
              "digest", "00000000000000ef",
              "outcome", "completed after 7 rounds",
              "rows_per_round", Long.toString(FIRST.train().rows())),
          model.metadata());
      assertEquals(
          model.metadata(), ModelFile.readMetadata(folder.path().resolve("model.safetensors")));
    }
  }

  @Test
  void aRunThatNeverBeganIsGone() throws IOException {
    Outcome failed = new Outcome.Failed("worker-1: train.csv, line 4: found 'x'");
    try (RunFolder folder = create()) {
      assertSame(failed, folder.ended(failed, 0, "00000000000000ef", weights()));
      assertFalse(folder.isKept());
    }
    assertTrue(Files.notExists(path));
  }

  @Test
  void soIsOneThatWasInterruptedInItsFirstRound() throws IOException {
    try (RunFolder folder = create()) {
      folder.started(2, 100);
      folder.ended(new Outcome.Interrupted("interrupted"), 0, "00000000000000ef", weights());
    }
    assertTrue(Files.notExists(path));
  }

  @Test
  void whatWasThereBeforeARunThatNeverBeganStays() throws IOException {
    Files.createDirectory(path);
    Files.writeString(path.resolve("run.log"), "why");
    create().close();
    assertEquals(List.of("run.log"), files(path));
  }

  @Test
  void aRunThatFailedInItsFirstRoundIsKeptAsWhatItCameTo() throws IOException {
    try (RunFolder folder = create()) {
      folder.started(2, 100);
      folder.ended(new Outcome.Failed("round 1: not finite"), 0, "00000000000000ef", weights());
    }
    assertEquals(
        "round 1: not finite",
        ModelFile.readMetadata(path.resolve("model.safetensors")).get("outcome"));
  }

  private static Optional<List<float[]>> weights() {
    return Optional.of(List.of(new float[10]));
  }

  /** The folder of a run whose server was killed before its first row. */
  private void begun() throws IOException {
    Files.createDirectory(path);
    Files.createFile(path.resolve(".lock"));
    Files.writeString(path.resolve("job.yaml"), JobFile.write(job()));
    Files.writeString(path.resolve("metrics.csv"), HEADER + "\n");
  }

  private static final String[] MONITORED = {
    "data.validation={format: csv, file: v.csv, label: '0'}"
  };

  /** With this validation loss. */
  private static Measurement evaluated(int round, double loss) {
    return Measurement.of(
        List.of(),
        round,
        new Tally(8, 2, 6, 0),
        new Evaluated(Optional.of(new Tally(4, 4 * loss, 3, 0)), Optional.empty()),
        Optional.empty(),
        round,
        OptionalDouble.empty(),
        "00000000000000ab");
  }

  @Test
  void theBestWeightsAreKeptBesideTheLastAndKnownAgain() throws IOException {
    Job job = job(MONITORED);
    try (RunFolder folder = RunFolder.create(path, job, Found.NOTHING)) {
      folder.started(1, 100);
      folder.improved(new Best(0, 0.5), List.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
      folder.measured(evaluated(0, 0.5));
      folder.improved(
          new Best(1, 0.25), List.of(new float[] {2}, new float[] {2, 3, 4, 5, 6, 7, 8, 9, 10}));
      folder.measured(evaluated(1, 0.25));
      folder.measured(evaluated(2, 0.75));
    }
    ModelFile best = ModelFile.read(path.resolve("best.safetensors"));
    assertEquals(2, best.parameters()[0]);
    assertEquals("0.25", best.metadata().get("validation_loss"));
    List<String> warnings = new ArrayList<>();
    try (RunFolder folder = RunFolder.resume(path, job, Found.NOTHING)) {
      folder.warnBy(warnings::add);
      folder.resumed(2);
      assertEquals(Optional.of(new Best(1, 0.25)), folder.best());
      folder.resumed(1);
      assertEquals(Optional.of(new Best(0, 0.5)), folder.best(), "round 1 is measured again");
    }
    assertEquals(List.of(), warnings);
    byte[] before = Files.readAllBytes(path.resolve("best.safetensors"));
    try (RunFolder folder = RunFolder.resume(path, job, Found.NOTHING)) {
      folder.resumed(1);
      folder.improved(
          new Best(1, 0.25), List.of(new float[] {2}, new float[] {2, 3, 4, 5, 6, 7, 8, 9, 10}));
    }
    assertArrayEquals(before, Files.readAllBytes(path.resolve("best.safetensors")));
    Files.delete(path.resolve("best.safetensors"));
    try (RunFolder folder = RunFolder.resume(path, job, Found.NOTHING)) {
      folder.warnBy(warnings::add);
      folder.resumed(2);
    }
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(warnings.get(0).contains("those of round 1"), warnings.get(0));
  }

  @Test
  void aRunWithMoreRoundsThanItIsToHaveStaysAsItIs() throws IOException {
    try (RunFolder folder = create(MONITORED)) {
      IntStream.rangeClosed(0, 5).forEach(round -> folder.measured(evaluated(round, 0.5)));
    }
    String rows = Files.readString(path.resolve("metrics.csv"));
    String refusal = "already has 5 rounds; found stop conditions that end it at round 4";
    assertRefused(refusal, () -> resume(endingAt(4)));
    try (RunFolder folder = resume(MONITORED)) {
      folder.resumed(4);
      folder.resumed(4); // as when a shard was lost meanwhile
      assertRefused(refusal, () -> folder.started(1, 4)); // as epochs that end there
    }
    try (RunFolder folder = resume(MONITORED)) {
      folder.resumed(6); // its row was not written
      assertRefused("already has 6 rounds", () -> folder.started(1, 5));
    }
    assertEquals(rows, Files.readString(path.resolve("metrics.csv")));
    try (RunFolder folder = resume(endingAt(5))) {
      assertEquals(5, folder.latestResume(), "not from a checkpoint of round 6");
      folder.started(1, 5);
    }
  }

  @Test
  void aRunWhoseRowsAreLostHasTheRoundsOfItsWeights() throws IOException {
    try (RunFolder folder = create(MONITORED)) {
      IntStream.rangeClosed(0, 5).forEach(round -> folder.measured(evaluated(round, 0.5)));
    }
    Files.delete(path.resolve("metrics.csv"));
    try (RunFolder folder = resume(endingAt(5))) {
      assertRefused("already has 6 rounds", () -> folder.resumed(6));
    }
    Map<String, String> of7 = Map.of("rounds", "7");
    ModelFile.write(path.resolve("best.safetensors"), job().model(), List.of(new float[10]), of7);
    assertRefused("already has 7 rounds", () -> resume(endingAt(6)));
  }

  private static void assertRefused(String why, Executable resumption) {
    String refusal = assertThrows(JobException.class, resumption).getMessage();
    assertTrue(refusal.contains(why), refusal);
  }

  private static String[] endingAt(int round) {
    return Stream.concat(Stream.of(MONITORED), Stream.of("stop.rounds=" + round))
        .toArray(String[]::new);
  }

  @Test
  void betterWeightsThatFollowAtOnceAreThereInTheEnd() throws IOException {
    try (RunFolder folder = create(MONITORED)) {
      folder.started(1, 100);
      for (int round = 0; round < 5; round++) {
        float[] weights = new float[10];
        weights[0] = round;
        folder.improved(new Best(round, 0.5 - round / 10.0), List.of(weights));
        folder.measured(evaluated(round, 0.5 - round / 10.0));
        assertTrue(
            metrics(folder).size() - 2 <= SavedRun.rounds(path.resolve("best.safetensors")),
            "no row tells of better weights than are there");
      }
    }
    assertEquals(6, Files.readAllLines(path.resolve("metrics.csv")).size());
    assertEquals(4, ModelFile.read(path.resolve("best.safetensors")).parameters()[0]);
  }

  @Test
  void bestWeightsAreWrittenAWhileAfterTheLast() throws IOException {
    AtomicLong clock = new AtomicLong();
    BestFile file = new BestFile(temp, job(MONITORED), clock::get);
    assertTrue(file.isDue());
    file.put(new Best(0, 0.5), List.of(new float[10]), Columns.UNKNOWN);
    file.write();
    clock.set(49_999_999);
    assertFalse(file.isDue());
    clock.set(50_000_000);
    assertTrue(file.isDue());
  }

  @Test
  void bestWeightsThatCannotBeWrittenWaitAsRowsDo() throws IOException {
    try (RunFolder folder = create(MONITORED)) {
      List<String> warnings = new ArrayList<>();
      folder.warnBy(warnings::add);
      folder.started(1, 100);
      Path inTheWay = Files.createDirectories(path.resolve("best.safetensors/in/the"));
      float[] weights = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
      folder.improved(new Best(0, 0.5), List.of(weights));
      folder.measured(evaluated(0, 0.5));
      assertEquals(1, warnings.size(), warnings::toString);
      assertTrue(warnings.get(0).contains("best.safetensors"), warnings.get(0));
      assertEquals(
          List.of(HEADER + ",validation_precision,validation_recall,validation_f1,validation_auc"),
          metrics(folder));
      Files.delete(inTheWay);
      Files.delete(inTheWay.getParent());
      Files.delete(path.resolve("best.safetensors"));
      folder.measured(evaluated(1, 0.75));
      assertEquals(3, metrics(folder).size());
    }
    assertEquals(1, ModelFile.read(path.resolve("best.safetensors")).parameters()[0]);
  }

  @Test
  void aModelThatCannotBeWrittenMakesTheJobAFailure() throws IOException {
    try (RunFolder folder = create()) {
      AtomicInteger seconds = new AtomicInteger();
      folder.waitBy(seconds::incrementAndGet);
      Path inTheWay = Files.createDirectories(folder.path().resolve("model.safetensors/in/the"));
      Outcome outcome =
          folder.ended(
              new Outcome.Completed("completed"),
              7,
              "00000000000000ef",
              Optional.of(List.of(new float[10])));
      Outcome.Failed failed = assertInstanceOf(Outcome.Failed.class, outcome);
      assertTrue(failed.message().contains("model.safetensors"), failed::message);
      assertTrue(failed.message().contains("there is no checkpoint"), failed::message);
      assertEquals(30, seconds.get());
      assertTrue(Files.exists(inTheWay));
    }
  }

  @Test
  void aModelThatCannotBeWrittenAtOnceIsTriedAgainAndItIsSaidWhereTheWeightsAre()
      throws IOException {
    try (RunFolder folder = create()) {
      List<String> warnings = new ArrayList<>();
      folder.warnBy(warnings::add);
      checkpoint(5);
      Path inTheWay = Files.createDirectories(folder.path().resolve("model.safetensors/in"));
      AtomicInteger seconds = new AtomicInteger();
      folder.waitBy(
          () -> {
            if (seconds.incrementAndGet() == 7) {
              delete(inTheWay);
              delete(inTheWay.getParent());
            }
          });
      Outcome outcome = new Outcome.Completed("completed");
      assertSame(
          outcome,
          folder.ended(outcome, 7, "00000000000000ef", Optional.of(List.of(new float[10]))));
      assertEquals(7, seconds.get());
      assertEquals(
          10, ModelFile.read(folder.path().resolve("model.safetensors")).parameters().length);
      assertEquals(1, warnings.size());
      assertTrue(warnings.get(0).contains("retrying for 30 s"), warnings::toString);
      assertTrue(
          warnings.get(0).contains(folder.checkpoints() + " has the last checkpoint"),
          warnings::toString);
    }
  }

  private Path checkpoint(int version) throws IOException {
    Path checkpoints = Files.createDirectories(path.resolve("checkpoints"));
    return Files.createFile(checkpoints.resolve("round-%08d.checkpoint".formatted(version)));
  }

  /** The outcome of a run that is completed, but whose model cannot be written. */
  private String failed(RunFolder folder) {
    folder.waitBy(() -> {});
    Outcome completed = new Outcome.Completed("completed");
    Outcome outcome = folder.ended(completed, 9, "00000000000000ef", weights());
    return assertInstanceOf(Outcome.Failed.class, outcome).message();
  }

  @Test
  void checkpointsThatWereDeletedAreNotAdvised() throws IOException {
    try (RunFolder folder = create()) {
      folder.measured(FIRST);
      Path checkpoint = checkpoint(5);
      Files.createDirectories(path.resolve("model.safetensors/in"));
      String message = failed(folder);
      assertTrue(
          message.endsWith("has the last checkpoint; resume from there with --resume " + path),
          message);

      Files.delete(checkpoint);
      String without = failed(folder);
      assertTrue(without.endsWith("; there is no checkpoint"), without);
    }
  }

  @Test
  void aFolderThatWasDeletedOrMovedIsSaidToBeAndNothingInItIsAdvised() throws IOException {
    try (RunFolder folder = create()) {
      folder.measured(FIRST);
      checkpoint(5);
      Files.move(path, temp.resolve("moved"));
      String message = failed(folder);
      assertTrue(
          message.endsWith(
              "; " + path + " was deleted or moved during the training; it cannot be resumed"),
          message);
      assertFalse(message.contains("--resume"), message);
    }
  }

  @Test
  void aFolderThatCheckpointsHaveMadeAgainIsNoRunToResume() throws IOException {
    try (RunFolder folder = create()) {
      folder.measured(FIRST);
      Files.move(path, temp.resolve("moved"));
      checkpoint(5);
      Outcome interrupted = new Outcome.Interrupted("interrupted");
      Outcome outcome = folder.ended(interrupted, 5, "00000000000000ef", Optional.empty());
      assertEquals(
          path + " was deleted or moved during the training; it cannot be resumed",
          assertInstanceOf(Outcome.Failed.class, outcome).message());
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aModelThatCannotBeWrittenDoesNotHideWhyTheJobHadFailed() throws IOException {
    try (RunFolder folder = create()) {
      folder.waitBy(() -> {});
      Files.createDirectories(folder.path().resolve("model.safetensors/in/the"));
      Outcome outcome =
          folder.ended(
              new Outcome.Failed("round 3 is not finite"),
              2,
              "00000000000000ef",
              Optional.of(List.of(new float[10])));
      assertTrue(outcome.message().contains("round 3 is not finite"), outcome::message);
      assertTrue(outcome.message().contains("model.safetensors"), outcome::message);
    }
  }

  @Test
  void rowsThatCannotBeWrittenAreReportedOnceAndFailTheRunAtItsEnd() throws IOException {
    RunFolder folder = create();
    List<String> warnings = new ArrayList<>();
    folder.warnBy(warnings::add);
    folder.waitBy(() -> {});
    folder.measured(FIRST);
    folder.close();
    folder.measured(SECOND);
    Outcome outcome =
        folder.ended(
            new Outcome.Completed("completed"),
            7,
            "00000000000000ef",
            Optional.of(List.of(new float[10])));
    assertInstanceOf(Outcome.Failed.class, outcome);
    assertTrue(outcome.message().contains("metrics.csv"), outcome::message);
    assertEquals(2, warnings.size(), warnings::toString);
    assertTrue(Files.exists(folder.path().resolve("model.safetensors")));
  }

  @Test
  void aResumedRunDropsTheRowsThatAreComputedAgain() throws IOException {
    try (RunFolder folder = create()) {
      for (int round = 0; round < 5; round++) {
        folder.measured(at(round));
      }
    }
    Files.writeString(path.resolve("metrics.csv"), "5,0.1", StandardOpenOption.APPEND);
    try (RunFolder folder = resume()) {
      folder.resumed(3);
      folder.measured(at(3));
    }
    List<String> rounds =
        Files.readAllLines(path.resolve("metrics.csv")).stream()
            .map(row -> row.split(",")[0])
            .toList();
    assertEquals(List.of("round", "0", "1", "2", "3"), rounds);
  }

  @Test
  void aRunGoesOnNoFurtherThanItsRowsLead() throws IOException {
    try (RunFolder folder = create()) {
      assertEquals(0, folder.latestResume());
      for (int round = 0; round < 5; round++) {
        folder.measured(at(round));
      }
      assertEquals(5, folder.latestResume());
      folder.resumed(3);
      assertEquals(3, folder.latestResume());
      folder.measured(at(3));
    }
    Files.writeString(path.resolve("metrics.csv"), "4,0.1", StandardOpenOption.APPEND);
    try (RunFolder folder = resume()) {
      assertEquals(4, folder.latestResume());
    }
  }

  @Test
  void aRunGoesOnBehindItsLastRowBeforeOneThatIsDamagedOrMissing() throws IOException {
    List<String> whole = finishedAt(4);
    String third = whole.get(4);
    assertTrue(third.startsWith("3,"), third);
    for (String damaged :
        List.of(
            "3,damaged",
            third + ",7",
            third.replaceFirst("3,", "1,"),
            "3,2.x" + third,
            third.replaceFirst("0{14}ab", "zzzz"),
            third.replaceFirst("0{14}ab", ""),
            third.replaceFirst("ab,", "a,"),
            third + "x",
            "deleted")) {
      List<String> rows = new ArrayList<>(whole);
      rows.set(4, damaged);
      rows.remove("deleted");
      Files.write(path.resolve("metrics.csv"), rows);
      try (RunFolder folder = resume()) {
        assertEquals(3, folder.latestResume(), damaged);
        folder.resumed(3);
        folder.measured(at(3));
      }
      assertEquals(whole.subList(0, 5), Files.readAllLines(path.resolve("metrics.csv")));
    }
  }

  @Test
  void aRowWithoutADigestIsSoundWhereTheJobHasNone() throws IOException {
    Job seldom = job("digest_every=2");
    try (RunFolder folder = RunFolder.create(path, seldom, Found.NOTHING)) {
      for (int round = 0; round < 4; round++) {
        folder.measured(at(round, round % 2 == 0 ? FIRST.digest() : ""));
      }
    }
    try (RunFolder folder = RunFolder.resume(path, seldom, Found.NOTHING)) {
      assertEquals(4, folder.latestResume());
    }
  }

  @Test
  void whatMayBeTheLastRoundIsSaidToLackItsModel() throws IOException {
    finishedAt(4);
    Files.delete(path.resolve("model.safetensors"));
    assertEquals(1, warningsOf(4, "stop.rounds=4"));
    assertEquals(1, warningsOf(4, "stop.loss=0.1"), "only measures tell");
    assertEquals(0, warningsOf(4, "stop.rounds=5"), "it is not the last");
    assertEquals(0, warningsOf(3, "stop.loss=0.1"), "it is not on record alone");
  }

  private int warningsOf(int version, String stop) throws IOException {
    List<String> warnings = new ArrayList<>();
    try (RunFolder folder = resume(stop)) {
      folder.warnBy(warnings::add);
      folder.resumed(version);
    }
    warnings.forEach(warning -> assertTrue(warning.contains("waiting for a worker"), warning));
    return warnings.size();
  }

  @Test
  void rowsThatAreMissingAtTheBeginningAreSaidToBe() throws IOException {
    List<String> rows = new ArrayList<>(finishedAt(4));
    rows.remove(1);
    Files.write(path.resolve("metrics.csv"), rows);
    List<String> warnings = new ArrayList<>();
    try (RunFolder folder = resume()) {
      folder.warnBy(warnings::add);
      folder.resumed(folder.latestResume());
    }
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(warnings.get(0).contains("metrics.csv starts with round 1:"), warnings::toString);
  }

  // ---- what is over ----

  @Test
  void aRunStaysAsItIsUntilItsFirstNewRoundIsOver() throws IOException {
    List<String> rows = finishedAt(4);
    Draft.of(path.resolve("job.yaml")).channel().close();
    Map<String, String> before = contents(path);
    Job longer = job("stop.rounds=9");
    for (Outcome end :
        List.of(new Outcome.Failed("no data"), new Outcome.Interrupted("interrupted"))) {
      for (Job job : List.of(job(), longer)) {
        try (RunFolder folder = RunFolder.resume(path, job, Found.NOTHING)) {
          folder.resumed(3);
          assertSame(end, folder.ended(end, 3, "00000000000000ef", WEIGHTS));
        }
        assertEquals(before, contents(path));
      }
    }
    try (RunFolder folder = RunFolder.resume(path, longer, Found.NOTHING)) {
      folder.resumed(3);
      folder.measured(at(3));
      assertEquals(rows.subList(0, 5), metrics(folder));
      assertEquals(longer, SavedRun.job(path));
      folder.ended(new Outcome.Interrupted("interrupted"), 3, "00000000000000ef", WEIGHTS);
    }
    assertEquals("interrupted", model(path).get("outcome"));
  }

  @Test
  void aRunWhoseMetricsWereTakenAwayGetsNoneWithoutARow() throws IOException {
    finishedAt(4);
    Files.delete(path.resolve("metrics.csv"));
    try (RunFolder folder = resume("stop.rounds=9")) {
      folder.resumed(4);
    }
    try (RunFolder folder = resume("stop.rounds=9")) {
      assertEquals(Integer.MAX_VALUE, folder.latestResume());
    }
  }

  @Test
  void aRunThatWasCompletedIsCompleteForTheSameJob() throws IOException {
    finishedAt(4);
    Optional<Outcome.Completed> completed =
        Optional.of(new Outcome.Completed("completed after 4 rounds"));
    assertEquals(completed, SavedRun.completed(path, job()));
    assertEquals(completed, SavedRun.completed(path, job("checkpoint.every=7", "team.wait=3")));
    assertEquals(Optional.empty(), SavedRun.completed(path, job("stop.rounds=9")));
    assertEquals(completed, SavedRun.completed(path, job("stop.loss=0.5")));
    assertEquals(Optional.empty(), SavedRun.completed(path, job("optimizer.max_step=1")));
    Files.delete(path.resolve("metrics.csv"));
    assertEquals(completed, SavedRun.completed(path, job()));
  }

  @Test
  void aRunIsNotCompleteWhoseRowsOrModelAreNotWhole() throws IOException {
    List<String> rows = finishedAt(4);
    Path metrics = path.resolve("metrics.csv");
    for (List<String> damaged :
        List.of(
            rows.subList(0, rows.size() - 1),
            Stream.concat(rows.stream().limit(2), rows.stream().skip(3)).toList(),
            Stream.concat(rows.stream(), Stream.of(rows.get(5).replaceFirst("4,", "5,"))).toList(),
            rows.stream().map(row -> row.replaceFirst("^(4,.*)b,", "$1a,")).toList())) {
      Files.write(metrics, damaged);
      assertEquals(Optional.empty(), SavedRun.completed(path, job()), damaged::toString);
    }
    Files.write(metrics, rows);
    Path model = path.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 1] ^= 1;
    Files.write(model, bytes);
    assertEquals(Optional.empty(), SavedRun.completed(path, job()));
    Files.delete(model);
    assertEquals(Optional.empty(), SavedRun.completed(path, job()));
  }

  @Test
  void aRunThatFailedOrWasInterruptedIsNotComplete() throws IOException {
    for (Outcome end :
        List.of(
            new Outcome.Interrupted("interrupted after 4 rounds"),
            new Outcome.Failed("completed is something else"))) {
      path = temp.resolve(end.getClass().getSimpleName());
      try (RunFolder folder = create()) {
        folder.measured(at(0));
        folder.ended(end, 0, FIRST.digest(), WEIGHTS);
      }
      assertEquals(Optional.empty(), SavedRun.completed(path, job()));
    }
  }

  @Test
  void aRunWhoseLastRowsCannotBeWrittenIsNotComplete() throws IOException {
    RunFolder folder = create();
    folder.waitBy(() -> {});
    folder.measured(at(0));
    folder.close();
    folder.measured(at(1));
    folder.ended(new Outcome.Completed("completed after 1 round"), 1, FIRST.digest(), WEIGHTS);
    assertTrue(model(path).get("outcome").contains("metrics.csv"), () -> model(path).toString());
    assertEquals(Optional.empty(), SavedRun.completed(path, job()));
  }

  private static final Optional<List<float[]>> WEIGHTS = Optional.of(List.of(new float[10]));

  /** Completes a run after {@code rounds} rounds; returns the lines of its metrics. */
  private List<String> finishedAt(int rounds) throws IOException {
    try (RunFolder folder = create()) {
      for (int round = 0; round <= rounds; round++) {
        folder.measured(at(round));
      }
      Outcome outcome = Outcome.completed(rounds, Reason.ROUNDS);
      assertSame(outcome, folder.ended(outcome, rounds, FIRST.digest(), WEIGHTS));
      return metrics(folder);
    }
  }

  private static Map<String, String> model(Path folder) {
    try {
      return ModelFile.readMetadata(folder.resolve("model.safetensors"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    for (String name : files(folder)) {
      contents.put(name, Files.readString(folder.resolve(name), StandardCharsets.ISO_8859_1));
    }
    return contents;
  }

  @Test
  void aRunWhoseServerWasKilledBeforeItsFirstRowBeginsAnew() throws IOException {
    begun();
    for (String begun : List.of("", "round,lo", HEADER, HEADER + "\n", HEADER + "\n0,2.")) {
      Files.writeString(path.resolve("metrics.csv"), begun);
      try (RunFolder folder = resume()) {
        assertEquals(0, folder.latestResume());
        folder.resumed(0);
        folder.measured(FIRST);
        assertEquals(
            List.of(HEADER, "0,2.25,0.125,0.75,0.000000,,00000000000000ab,0.25,,"),
            metrics(folder));
      }
    }
  }

  @Test
  void aRunWhoseMetricsWereTakenAwayGoesOnAllTheSame() throws IOException {
    begun();
    Files.delete(path.resolve("metrics.csv"));
    try (RunFolder folder = resume("stop.rounds=60")) {
      assertEquals(Integer.MAX_VALUE, folder.latestResume());
      folder.resumed(50);
      folder.measured(at(50));
      assertEquals(51, folder.latestResume());
      assertEquals(
          List.of("round", "50"), metrics(folder).stream().map(row -> row.split(",")[0]).toList());
    }
  }

  @Test
  void whatWasHalfWrittenWhenAServerWasKilledIsClearedAway() throws IOException {
    begun();
    for (String file : List.of("job.yaml", "model.safetensors")) {
      Draft.of(path.resolve(file)).channel().close();
    }
    Files.createFile(path.resolve(".mine.tmp"));
    assertEquals(6, files(path).size());

    try (RunFolder folder = resume()) {
      folder.resumed(0);
      folder.measured(FIRST);
    }
    assertEquals(List.of(".lock", ".mine.tmp", "job.yaml", "metrics.csv"), files(path));
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aRunThatIsBeingWrittenIsNotResumed() throws IOException {
    try (RunFolder folder = create()) {
      assertTrue(Files.exists(folder.path()));
      String refusal = refusal(() -> resume());
      assertTrue(refusal.contains("another process"), refusal);
    }
  }

  @Test
  void aRunThatWasResumedIsNotResumedBesides() throws IOException {
    begun();
    try (RunFolder folder = resume()) {
      for (int i = 0; i < 2; i++) {
        String refusal = refusal(() -> resume());
        assertTrue(refusal.contains("another process"), refusal);
      }
      assertTrue(Files.exists(folder.path()));
    }
    resume().close();
  }

  @Test
  void aRunWithAnotherFileInThePlaceOfItsMetricsIsNotResumed() throws IOException {
    begun();
    Files.writeString(path.resolve("metrics.csv"), "garbage\n0,2.25\n");
    String refusal = refusal(() -> resume());
    assertTrue(
        refusal.contains(
            "metrics.csv is damaged, or another version's: expected to begin with \"round,"),
        refusal);
    assertTrue(refusal.contains("found \"garbage\"; move it away"), refusal);
    assertEquals("garbage\n0,2.25\n", Files.readString(path.resolve("metrics.csv")));
  }

  @Test
  void aRunOfAnotherJobIsNotResumed() throws IOException {
    begun();
    Job other = JobFile.parse(JobFile.write(job()), "job.yaml", List.of("optimizer.max_step=1"));
    String refusal = refusal(() -> RunFolder.resume(path, other, Found.NOTHING));
    assertTrue(refusal.contains("max_step"), refusal);
    IOException none = assertThrows(IOException.class, () -> SavedRun.job(temp.resolve("nowhere")));
    assertTrue(none.getMessage().contains("holds no run"), none::getMessage);
  }

  private static Measurement at(int round) {
    return at(round, FIRST.digest());
  }

  private static Measurement at(int round, String digest) {
    return Measurement.of(
        List.of(),
        round,
        FIRST.train(),
        new Evaluated(Optional.empty(), FIRST.test()),
        Optional.empty(),
        round,
        OptionalDouble.empty(),
        digest);
  }

  private static List<String> metrics(RunFolder folder) throws IOException {
    return Files.readAllLines(folder.path().resolve("metrics.csv"));
  }

  private static Job job(String... overrides) {
    return JobFile.parse(
        String.join(
            "\n",
            "name: small",
            "model: {layers: [4, 2]}",
            "data:",
            "  train: {format: csv, file: train.csv, label: '0'}",
            "stop: {rounds: 7}"),
        "small.yaml",
        List.of(overrides));
  }
}
