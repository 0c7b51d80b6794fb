package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.option.DataOption;
import io.cordee.cli.process.Ended;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run records where its data were found. */
class FoundDataTest {

  private static final String ROWS = "a,b,kind\n1,2,0\n2,1,1\n3,2,1\n4,2,0\n";
  private static final String JOB =
      """
      name: small
      model: {layers: [2, 2]}
      data:
        train: {format: csv, file: train.csv, label: kind}
        test: {format: csv, file: test.csv, label: kind}
      partitions: 2
      optimizer: {name: gd}
      stop: {rounds: 2}
      """;

  @TempDir private Path temp;

  @BeforeEach
  void write() throws IOException {
    Path project = Files.createDirectory(temp.resolve("project"));
    Files.writeString(project.resolve("job.yaml"), JOB);
    Files.writeString(project.resolve("train.csv"), ROWS);
    Files.writeString(project.resolve("test.csv"), ROWS);
  }

  private static Ended succeeds(String... words) {
    return Typed.run(words).expectSuccess();
  }

  private String path(String name) {
    return temp.resolve(name).toString();
  }

  private List<String> rows(String run) throws IOException {
    return Files.readAllLines(temp.resolve(run).resolve("metrics.csv")).stream()
        .map(row -> row.replaceAll("^(\\d+),.*,", "$1 "))
        .toList();
  }

  @Test
  void aRunIsResumedMadeAgainAndEvaluatedWithoutSayingWhereItsDataAre() throws IOException {
    succeeds("train", "--in-process", "--quiet", "--out=" + path("run"), path("project/job.yaml"));

    succeeds("train", "--in-process", "--quiet", "--out=" + path("again"), path("run/job.yaml"));
    assertEquals(rows("run"), rows("again"));
    String more = "--set=stop.rounds=4";
    succeeds("train", "--in-process", "--quiet", "--resume=" + path("run"), more);
    succeeds("train", "--in-process", "--quiet", "--resume=" + path("again"), more);
    assertEquals(6, rows("run").size());
    assertEquals(rows("run"), rows("again"));
    succeeds("evaluate", "--model=" + path("run/model.safetensors"));
    succeeds("predict", "--model=" + path("run/model.safetensors"));
    assertEquals(
        -1,
        Files.mismatch(
            temp.resolve("run/model.safetensors"), temp.resolve("again/model.safetensors")),
        "where the models differ");
  }

  @Test
  void foldersWithControlCharactersInTheirNamesAreFoundAgain() throws IOException {
    Path project = Files.move(temp.resolve("project"), temp.resolve("pro\n\tject"));
    String job = project.resolve("job.yaml").toString();
    succeeds("train", "--in-process", "--quiet", "--out=" + path("first\nrun"), job);
    succeeds("evaluate", "--model=" + path("first\nrun"));

    Path first = temp.resolve("first\nrun");
    Files.copy(first.resolve("model.safetensors"), project.resolve("first.safetensors"));
    String given = "--set=model.init={file: first.safetensors}";
    succeeds("train", "--in-process", "--quiet", "--out=" + path("run"), job, given);
    succeeds("evaluate", "--model=" + path("run"));
  }

  @Test
  void soIsACellOfAComparison() throws IOException {
    String[] compare = {
      "compare",
      path("project/job.yaml"),
      "--in-process",
      "--vary=optimizer=gd",
      "--out=" + path("c")
    };
    succeeds(compare);
    String cell = "c/cells/gd_seed-1";
    assertEquals(
        Optional.of(temp.resolve("project")),
        JobFile.found(temp.resolve(cell).resolve("job.yaml")).data());
    var begun = Files.getLastModifiedTime(temp.resolve(cell).resolve("metrics.csv"));
    succeeds(compare);
    assertEquals(
        begun,
        Files.getLastModifiedTime(temp.resolve(cell).resolve("metrics.csv")),
        "it is finished, wherever its data are");
    succeeds(
        "train", "--in-process", "--quiet", "--out=" + path("again"), path(cell + "/job.yaml"));
    assertEquals(rows(cell), rows("again"));
  }

  // ---- which folder it is ----

  private Path run(String data) throws IOException {
    Job job = JobFile.parse(JOB, "job.yaml", List.of());
    Path run = Files.createDirectories(temp.resolve("run"));
    Found found = new Found(Optional.of(temp.resolve(data)));
    return Files.writeString(run.resolve("job.yaml"), JobFile.write(job, found));
  }

  private Optional<Path> find(Path... jobFiles) {
    return DataOption.find(JobFile.parse(JOB, "job.yaml", List.of()), List.of(jobFiles));
  }

  @Test
  void theFolderThatTheRunFoundComesBeforeThatOfTheJobFile() throws IOException {
    Path project = Files.createDirectory(temp.resolve("moved"));
    Files.copy(temp.resolve("project/train.csv"), project.resolve("train.csv"));
    Files.copy(temp.resolve("project/test.csv"), project.resolve("test.csv"));
    assertEquals(
        Optional.of(temp.resolve("moved")), find(run("moved"), temp.resolve("project/job.yaml")));
  }

  @Test
  void aFolderThatIsNotThereAnyMoreIsPassedOver() throws IOException {
    assertEquals(
        Optional.of(temp.resolve("project")), find(run("gone"), temp.resolve("project/job.yaml")));
    assertEquals(Optional.empty(), find(run("gone")));
  }

  @Test
  void whereOneFileIsMissingItIsMissedWhereTheOthersAre() throws IOException {
    Files.delete(temp.resolve("project/test.csv"));
    assertEquals(
        Optional.of(temp.resolve("project")), find(run("gone"), temp.resolve("project/job.yaml")));
    assertTrue(find(run("project")).isPresent());
  }

  // ---- which columns they have ----

  private static String refused(String... words) {
    Ended ended = Typed.run(words);
    ended.expect(1);
    return ended.err();
  }

  @Test
  void columnsAreFoundByTheirNamesByWhateverTakesTheModel() throws IOException {
    succeeds("train", "--in-process", "--quiet", "--out=" + path("run"), path("project/job.yaml"));
    Path same = Files.writeString(temp.resolve("same.csv"), "kind,a,b\n0,1,2\n1,2,1\n");
    Path other = Files.writeString(temp.resolve("same.csv2"), "x,b,kind,a\n?,2,0,1\n?,1,1,2\n");
    Path missing = Files.writeString(temp.resolve("missing.csv"), "b,kind,c\n2,0,1\n");
    Path bare = Files.writeString(temp.resolve("bare.csv"), "b,a\n2,1\n");
    String model = "--model=" + path("run/model.safetensors");
    for (String command : List.of("evaluate", "predict")) {
      assertEquals(
          succeeds(command, model, "--data=" + same).out(),
          succeeds(command, model, "--data=" + other).out().replace("same.csv2", "same.csv"));
      String refusal = refused(command, model, "--data=" + missing);
      assertTrue(
          refusal.contains(
              "missing.csv: expected the columns of the training rows; a is missing;"
                  + " found b, kind, c"),
          refusal);
    }
    succeeds("predict", model, "--data=" + bare);

    for (String file : List.of("train.csv", "test.csv")) {
      Path rows = temp.resolve("project").resolve(file);
      Files.writeString(rows, Files.readString(rows).replace("a,b,", "b,a,"));
    }
    String metrics = Files.readString(temp.resolve("run/metrics.csv"));
    String refusal =
        refused("train", "--in-process", "--resume=" + path("run"), "--set=stop.rounds=4");
    assertTrue(refusal.contains("run was started with: expected the features a, b"), refusal);
    assertEquals(metrics, Files.readString(temp.resolve("run/metrics.csv")));
  }
}
