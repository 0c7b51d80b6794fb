package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.job.SourceSpec.Table;
import io.cordee.common.job.TableFormat;
import io.cordee.common.model.Mlp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitTest {

  @TempDir Path folder;

  private Ended init(String table, String... more) {
    List<String> words =
        new java.util.ArrayList<>(List.of("init", path(table), "--out", path("job.yaml")));
    words.addAll(List.of(more));
    return Typed.run(words.toArray(String[]::new));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private Job job() {
    return JobFile.read(folder.resolve("job.yaml"), List.of());
  }

  private Table drafted() {
    return (Table) job().data().train();
  }

  private void table(String header, int rows, IntFunction<String> row) throws IOException {
    String text = IntStream.range(0, rows).mapToObj(row).collect(Collectors.joining("\n"));
    Files.writeString(folder.resolve("table.csv"), header + "\n" + text + "\n");
  }

  private void refused(Ended ended, String... parts) {
    assertEquals(1, ended.exitCode(), ended::toString);
    for (String part : parts) {
      assertTrue(ended.err().contains(part), ended::toString);
    }
    assertFalse(Files.exists(folder.resolve("job.yaml")));
  }

  @Test
  void aTableIsTrainedOnAsItIs() throws IOException {
    table(
        "id,x,shade,y,kind",
        120,
        i -> "s%d,%d,%s,%.2f,%s".formatted(i, i % 40, "red", 1e4 * (i % 3), "k" + i % 3));

    Ended ended = init("table.csv", "--label", "kind").expectSuccess();

    assertEquals(
        path("job.yaml") + ": 120 rows, 2 features, 3 classes; ignored: id, shade\n",
        ended.out().lines().limit(1).map(line -> line + "\n").collect(Collectors.joining()));
    assertEquals(List.of(2, 8, 3), ((Mlp) job().model()).layers());
    assertEquals(List.of("id", "shade"), drafted().ignored());
    assertTrue(
        Files.readString(folder.resolve("job.yaml")).contains("# id is different in each row"));
    Ended trained =
        Typed.run("train", path("job.yaml"), "--in-process", "--quiet", "--out", path("run"));
    trained.expectSuccess();
    String predicted =
        Typed.run("predict", "--model", path("run/model.safetensors")).expectSuccess().out();
    assertTrue(predicted.startsWith("row,id,shade,class,label,output0"), predicted);
    List<String> lines = predicted.lines().skip(1).toList();
    assertEquals(24, lines.size());
    for (String line : lines) {
      String[] cells = line.split(",");
      assertEquals("k" + Integer.parseInt(cells[1].substring(1)) % 3, cells[4], line);
    }
    String evaluated =
        Typed.run("evaluate", "--model", path("run/model.safetensors")).expectSuccess().out();
    assertTrue(evaluated.contains("24 rows"), evaluated);
    assertTrue(evaluated.contains("accuracy  1.0000"), evaluated);
  }

  @Test
  void textsAndEmptyCellsAreTrainedOn() throws IOException {
    table(
        "a,color,empty,kind",
        60,
        i ->
            (i == 7 ? "" : i % 11 + ".5")
                + ","
                + List.of("red", "blue", "", "green").get(i % 4)
                + ",?,"
                + i % 2);
    init("table.csv", "--label", "kind").expectSuccess();
    assertEquals(List.of("empty"), drafted().ignored());
    assertEquals(5, job().model().inputs());
    assertEquals(List.of("color"), job().data().preprocessing().categories());
    Typed.run("train", path("job.yaml"), "--in-process", "--quiet", "--out", path("run"))
        .expectSuccess();
    String out = Typed.run("evaluate", "--model", path("run")).expectSuccess().out();
    assertTrue(out.contains("accuracy  1.0000"), out);
  }

  @Test
  void otherNumbersAreATarget() throws IOException {
    table("a;b;price in €", 50, i -> i + ".25;" + i % 7 + ";" + i * 1.5);
    init("table.csv", "--label", "price in €").expectSuccess();
    assertEquals(';', ((TableFormat.Csv) drafted().format()).separator());
    assertEquals(List.of("price in €"), drafted().targets());
    assertEquals(1, job().model().outputs());
  }

  @Test
  void aTableWithoutAHeaderHasItsColumnsCounted() throws IOException {
    table("0.5,1,a", 40, i -> i % 5 + ".5," + i % 3 + "," + (i % 2 == 0 ? "a" : "b"));
    Files.writeString(
        folder.resolve("table.csv"),
        Files.readString(folder.resolve("table.csv"))
            .replace(",a\n", ",0\n")
            .replace(",b\n", ",1\n"));
    init("table.csv", "--label", "2").expectSuccess();
    assertFalse(drafted().format().hasNames());
    assertEquals(Optional.of("2"), drafted().label());
    Typed.run("train", path("job.yaml"), "--in-process", "--quiet", "--out", path("run"))
        .expectSuccess();
  }

  @Test
  void aColumnOfNumbersWithAnOddCellIsIgnoredForThat() throws IOException {
    table("a,b,kind", 100, i -> (i == 3 ? "abc" : i % 40 / 7.0) + "," + i % 3 + ".5," + i % 2);
    init("table.csv", "--label", "kind").expectSuccess();
    assertTrue(
        Files.readString(folder.resolve("job.yaml"))
            .contains("a has cells that are no numbers (1), such as 'abc'"));
  }

  @Test
  void whatCannotBeTrainedOnIsRefused() throws IOException {
    table("a,b,kind", 10, i -> i + ".5,1,x");
    refused(
        init("table.csv", "--label", "kid"),
        "expected a column 'kid', by --label; found a, b, kind");
    refused(init("table.csv", "--label", "kind"), "has the same label in every row");
    table("a,kind", 10, i -> "t" + i + "," + i % 2);
    refused(init("table.csv", "--label", "kind"), "no column but 'kind' is of any use");
    table("a,kind", 10, i -> i + ".5," + (i == 3 ? "" : i % 2));
    refused(
        init("table.csv", "--label", "kind"), "the label, column 'kind', is empty in 1 of 10 rows");
    table("a", 10, i -> "1");
    refused(init("table.csv", "--label", "a"), "expected several columns; found one");
    table("a,kind", 9, i -> i + ".5," + i % 2);
    refused(init("table.csv", "--label", "kind"), "expected at least 10 rows; found 9");
    refused(init("none.csv", "--label", "a"), "none.csv");
  }

  @Test
  void columnsThatHaveNoNameOfTheirOwnAreCounted() throws IOException {
    table(",a,a,2020,kind", 40, i -> i + "," + i % 7 + "," + i % 3 + "," + i % 5 + "," + i % 2);
    init("table.csv", "--label", "kind").expectSuccess();
    assertTrue(drafted().format().hasNames());
    assertEquals(List.of("0"), drafted().ignored());
    assertEquals(3, job().model().inputs());
    Typed.run("train", path("job.yaml"), "--in-process", "--quiet", "--out", path("run"))
        .expectSuccess();
    Typed.run("evaluate", "--model", path("run/model.safetensors")).expectSuccess();
  }

  @Test
  void wholeNumbersThatDifferInEachRowAreNoIds() throws IOException {
    table("n,count,kind", 2000, i -> i + "," + (i * 7919L % 100_003) + "," + i % 2);
    init("table.csv", "--label", "kind").expectSuccess();
    assertEquals(List.of("n"), drafted().ignored());
  }

  @Test
  void labelsCountByTheirValue() throws IOException {
    table("a,kind", 12, i -> i + ".5," + List.of("0", "1", "1.0").get(i % 3));
    init("table.csv", "--label", "kind").expectSuccess();
    assertEquals(2, job().model().outputs());
  }

  @Test
  void aJobFileIsNotReplacedUnasked() throws IOException {
    table("a,kind", 10, i -> i + ".5," + i % 2);
    Files.writeString(folder.resolve("job.yaml"), "mine");
    assertEquals(1, init("table.csv", "--label", "kind").exitCode());
    assertEquals("mine", Files.readString(folder.resolve("job.yaml")));
    init("table.csv", "--label", "kind", "--force").expectSuccess();
  }
}
