package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.common.job.Batch;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.SourceSpec.Table;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.Mlp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class InitTest extends InFolder {

  private Ended init(String table, String... more) {
    List<String> words =
        new java.util.ArrayList<>(List.of("init", path(table), "--out", path("job.yaml")));
    words.addAll(List.of(more));
    return Typed.run(words);
  }

  private Job job() {
    return JobFile.read(folder.resolve("job.yaml"), List.of());
  }

  private List<Integer> layers() {
    return ((Mlp) job().model()).layers();
  }

  private Table drafted() {
    return (Table) job().data().train();
  }

  private void table(String header, int rows, IntFunction<String> row) throws IOException {
    String text = IntStream.range(0, rows).mapToObj(row).collect(Collectors.joining("\n"));
    write("table.csv", header + "\n" + text + "\n");
  }

  private void train(String run) {
    Typed.train(folder.resolve(run), path("job.yaml"));
  }

  private void refused(Ended ended, String... parts) {
    ended.expect(1, parts);
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
        List.of(
            path("table.csv") + ": 120 rows, 5 columns",
            "id is different in each row, like an id (120 cells, the first in line 2: 's0'). It is left out; if it is none, take it out of ignore.",
            "shade is the same in each row (120 cells, the first in line 2: 'red'). It is left out; nothing can be learned from it.",
            "column holds distinct missing values",
            "id texts 120 such as s0",
            "x numbers 40 0 ############ 39"),
        ended
            .out()
            .lines()
            .limit(6)
            .map(line -> line.replaceAll("[▅▆▇█]", "#").replaceAll(" +", " "))
            .toList());
    ended.expectOut(
        "\nclasses: k0 33.3 %, k1 33.3 %, k2 33.3 %\n",
        ": 120 rows, 2 features, 3 classes; ignored: id, shade\n");
    assertTrue(
        ended
            .out()
            .endsWith(
                """
                next:
                  cordee train %s --out runs/job --in-process
                  cordee evaluate --model runs/job
                  cordee predict --model runs/job --data %s
                """
                    .formatted(path("job.yaml"), path("table.csv"))),
        ended::toString);
    assertEquals(List.of(2, 8, 3), layers());
    assertEquals(List.of("id", "shade"), drafted().ignored());
    assertTrue(read("job.yaml").contains("# id is different in each row"));
    train("run");
    String predicted =
        Typed.run("predict", "--model", path("run/model.safetensors")).expectSuccess().out();
    assertTrue(predicted.startsWith("row,id,shade,class,label,output_k0,output_k1"), predicted);
    List<String> lines = predicted.lines().skip(1).toList();
    assertEquals(24, lines.size());
    for (String line : lines) {
      String[] cells = line.split(",");
      assertEquals("k" + Integer.parseInt(cells[1].substring(1)) % 3, cells[4], line);
    }
    Typed.run("evaluate", "--model", path("run/model.safetensors"))
        .expectSuccess()
        .expectOut("24 rows", "accuracy  1.0000");
  }

  @Test
  void aTableBelowTheJobIsNamedFromThere() throws IOException {
    table("x,kind", 100, i -> i % 7 + ".5," + i % 2);
    Files.createDirectory(folder.resolve("data"));
    Files.move(folder.resolve("table.csv"), folder.resolve("data/table.csv"));
    init("data/table.csv", "--label", "kind").expectSuccess();
    assertEquals("data/table.csv", drafted().file());
    train("run");
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
    assertEquals(6, layers().get(0));
    assertEquals(List.of("color"), job().data().preprocessing().categories());
    train("run");
    Typed.run("evaluate", "--model", path("run")).expectSuccess().expectOut("accuracy  1.0000");
    write("new.csv", "a,color,empty\n1,violet,\n");
    Typed.run("predict", "--model", path("run"), "--data", path("new.csv")).expectSuccess();
  }

  @Test
  void aColumnOfNumbersWithAGapIsAFeature() throws IOException {
    Random random = new Random(1);
    table(
        "n,x,kind",
        1500,
        i -> {
          double x = random.nextGaussian();
          return i + "," + (i % 100 == 7 ? List.of("", "NA").get(i % 2) : x) + "," + (x > 0);
        });
    init("table.csv", "--label", "kind").expectSuccess();
    assertEquals(List.of("n"), drafted().ignored());
    train("run");
    String json = Typed.run("evaluate", "--model", path("run"), "--json").expectSuccess().out();
    double accuracy = JsonParser.parseString(json).getAsJsonObject().get("accuracy").getAsDouble();
    assertTrue(accuracy > 0.97, json);
  }

  @Test
  void ofDatesThePartsAreFeatures() throws IOException {
    table(
        "day,x,note,kind",
        100,
        i ->
            "2024-01-%02d %02d:00,%d.5,n%d,%s"
                .formatted(1 + i % 28, i % 24, i % 3, i, i % 24 < 12 ? "am" : "pm"));
    init("table.csv", "--label", "kind").expectSuccess();
    assertEquals(
        List.of("day.year", "day.month", "day.weekday", "day.hour", "x"), drafted().features());
    assertEquals(List.of("note"), drafted().ignored());
    assertEquals(5, layers().get(0));
    train("run");
    Typed.run("evaluate", "--model", path("run")).expectSuccess().expectOut("accuracy  1.0000");
    String predicted = Typed.run("predict", "--model", path("run")).expectSuccess().out();
    assertTrue(predicted.startsWith("row,note,class"), predicted);
  }

  @Test
  void datesWithoutATimeOfDayHaveNoHour() throws IOException {
    for (String time : List.of("", " 00:00:00", "T00:00:00Z")) {
      table(
          "day,x,kind",
          100,
          i -> "2024-01-%02d%s,%d.5,%s".formatted(1 + i % 28, time, i % 3, i % 2 == 0 ? "a" : "b"));
      init("table.csv", "--label", "kind", "--force").expectSuccess();
      assertEquals(List.of("day.year", "day.month", "day.weekday", "x"), drafted().features());
      assertEquals(4, layers().get(0));
    }
  }

  @Test
  void monthsMayBeNamed() throws IOException {
    for (String date :
        List.of("%2$s %1$d %3$d", "%2$s %1$d, %3$d", "%1$d %2$s %3$d", "%1$02d-%2$s-%3$d")) {
      for (String names : List.of("Jun,Sep", "june,SEPTEMBER", "Jun,Sept.")) {
        table(
            "day,x,kind",
            100,
            i ->
                '"'
                    + date.formatted(1 + i % 28, names.split(",")[i % 2], 1998)
                    + "\",%d.5,%s".formatted(i % 3, i % 2 == 0 ? "a" : "b"));
        init("table.csv", "--label", "kind", "--force").expectSuccess();
        assertEquals(List.of("day.year", "day.month", "day.weekday", "x"), drafted().features());
      }
    }
    train("run");
    Typed.run("evaluate", "--model", path("run")).expectSuccess().expectOut("accuracy  1.0000");
    write("new.csv", "day,x\n\"12 Mai 1998\",1\n");
    Typed.run("predict", "--model", path("run"), "--data", path("new.csv"))
        .expect(1, "expected a date, such as 2025-12-31");
  }

  @Test
  void datesThatAreNotReadAreNamedWithThoseThatAre() throws IOException {
    for (int days : List.of(28, 100)) { // with 100, every row has another date
      table("day,x,kind", 100, i -> "1/%d/2025,%d.5,%s".formatted(i % days, i % 3, i % 2));
      init("table.csv", "--label", "kind", "--force").expectSuccess();
      String job = read("job.yaml");
      assertTrue(
          job.contains("# day seems to hold dates (100 cells, the first in line 2: '1/0/2025')"),
          job);
      assertEquals(List.of("day"), drafted().ignored());
    }
  }

  @Test
  void ofManyRowsEachRoundTakesSome() throws IOException {
    table("x,kind", 20_000, i -> i % 97 + ".5," + (i % 97 < 5 ? "rare" : "usual"));
    Ended ended = init("table.csv", "--label", "kind").expectSuccess();
    ended.expectOut("  cordee train " + path("job.yaml") + " --out runs/job\n");
    assertEquals(new Batch.Rows(1024, 1), job().batch());
    assertEquals(13, job().evaluateEvery());
    assertFalse(job().regularization().balanceClasses());
    String drafted = read("job.yaml");
    String trade =
        "more rows of rare classes, and makes more mistakes over all rows.\n# regularize";
    assertTrue(drafted.contains(trade), drafted);
    write("job.yaml", drafted.replace("# regularize", "regularize"));
    assertTrue(job().regularization().balanceClasses());
    Typed.run(
            "train",
            path("job.yaml"),
            "--in-process",
            "--quiet",
            "--epochs=3",
            "--out=" + path("run"))
        .expectSuccess();
  }

  @Test
  void textsWithManyValuesAreIds() throws IOException {
    table(
        "x,shade,town,user.id,note,kind",
        3000,
        i ->
            "%d.5,s%d,t%d,u%d,n%d,%s"
                .formatted(i % 7, i % 40, i % 60, i % 1200, i * 2 / 3, i % 60 < 30));
    init("table.csv", "--label", "kind").expectSuccess();
    String drafted = read("job.yaml");
    assertTrue(drafted.contains("# note has texts that rarely repeat"), drafted);
    assertTrue(drafted.contains("hash: 65536}   # some share a row"), drafted);
    train("run");
    Job job = JobFile.read(folder.resolve("run/job.yaml"), List.of());
    assertEquals(List.of("shade"), job.data().preprocessing().categories());
    Mlp model = (Mlp) job.model();
    assertEquals(
        List.of(new IdTable("town", 61, 8), new IdTable("user.id", 65536, 8)), model.ids());
    assertEquals(8 + 8 + 1 + 41, model.inputs());
    Typed.run("evaluate", "--model", path("run")).expectSuccess().expectOut("accuracy  1.0000");
  }

  @Test
  void textsOfSeveralWordsAreReadByTheirWords() throws IOException {
    Random random = new Random(1);
    table(
        "subject,body,place,kind",
        600,
        i ->
            "about %s number %d,%s,new york city %d,%s"
                .formatted(
                    random.nextInt(9),
                    i / 2,
                    IntStream.range(0, 20)
                        .mapToObj(j -> (j == i % 20 ? i % 2 * 50 : 100) + random.nextInt(50) + "w")
                        .collect(Collectors.joining(" ")),
                    i % 60,
                    i % 2 == 0 ? "ham" : "spam"));
    init("table.csv", "--label", "kind").expectSuccess();
    String drafted = read("job.yaml");
    String words = ": {dim: 16, split: \" \", pool: mean, min_count: 1}   # its words: most cells";
    assertTrue(drafted.contains("    body" + words), drafted);
    assertTrue(drafted.contains("    subject" + words), drafted);
    assertTrue(drafted.contains("place: {dim: 8, min_count: 2}"), drafted);
    assertTrue(drafted.contains("each cell is one id, as its texts repeat"), drafted);
    assertFalse(drafted.contains("ignore:"), drafted);
    train("run");
    String json = Typed.run("evaluate", "--model", path("run"), "--json").expectSuccess().out();
    double accuracy = JsonParser.parseString(json).getAsJsonObject().get("accuracy").getAsDouble();
    assertTrue(accuracy > 0.95, json);
  }

  /** Some cells have one word or none, and many cells are equal to a few others. */
  @Test
  void ofTextsAloneTheWordsGoStraightToTheClasses() throws IOException {
    Random random = new Random(1);
    table(
        "text,needs,kind",
        3000,
        i ->
            "w%d the w%d of %d,%s,k%d"
                .formatted(
                    random.nextInt(40) * 3 + i % 3,
                    random.nextInt(40) * 3 + i % 3,
                    random.nextInt(99),
                    List.of("", "libc6", "libc6 libm libx" + random.nextInt(900), "a b c" + i)
                        .get(Math.min(3, random.nextInt(9))),
                    i % 3));
    init("table.csv", "--label", "kind").expectSuccess();
    String drafted = read("job.yaml");
    assertTrue(drafted.contains("  layers: [3] "), drafted);
    assertTrue(drafted.contains("    needs: {dim: 128, split: \" \", pool: mean, min_count: 1}"));
    assertTrue(drafted.contains("monitor: validation_accuracy"), drafted);
    train("run");
    String json = Typed.run("evaluate", "--model", path("run"), "--json").expectSuccess().out();
    double accuracy = JsonParser.parseString(json).getAsJsonObject().get("accuracy").getAsDouble();
    assertTrue(accuracy > 0.97, json);
  }

  @Test
  void wordsThatNoModelCanListAreHashed() throws IOException {
    String tail = "x".repeat(1000);
    table(
        "x,body,kind",
        300,
        i -> "%1$d.5,a%2$d%3$s b%2$d%3$s c%1$d,%4$s".formatted(i % 7, i / 3 * 3, tail, i % 2));
    init("table.csv", "--label", "kind").expectSuccess();
    String drafted = read("job.yaml");
    assertFalse(drafted.contains("hash"), drafted);
    table(
        "x,body,kind",
        900,
        i -> "%1$d.5,a%2$d%3$s b%2$d%3$s c%1$d,%4$s".formatted(i % 7, i / 3 * 3, tail, i % 2));
    init("table.csv", "--label", "kind", "--force").expectSuccess();
    drafted = read("job.yaml");
    assertTrue(drafted.contains("pool: mean, hash: 65536}"), drafted);
  }

  @Test
  void inputsAreCountedForEveryCommandThatTrains() throws IOException {
    table("color,a,kind", 40, i -> "c" + i % 3 + "," + i + ".5," + i % 2);
    init("table.csv", "--label", "kind").expectSuccess();
    assertEquals(5, layers().get(0));
    String drafted = read("job.yaml");
    write("job.yaml", drafted.replace("layers: [5", "layers: [auto"));
    train("run");
    assertTrue(read("run/job.yaml").contains("layers: [5, 8, 2]"));
    Typed.run(
            "compare",
            path("job.yaml"),
            "--vary=optimizer=gd,rprop",
            "--set=stop.rounds=2",
            "--out=" + path("compared"))
        .expectSuccess();
    Typed.run(
            "train",
            path("job.yaml"),
            "--set=data.train={format: npy, features: x.npy, labels: y.npy}",
            "--set=data.preprocess=null")
        .expect(2, "auto counts the columns and labels of");
    Files.delete(folder.resolve("table.csv"));
    Ended server = Typed.run("server", "--job", path("job.yaml"));
    server.expect(1);
    String found = "table.csv: no such file in ./data or beside the job file";
    server.expectErr(found);
  }

  private String counted(String layers, String wanted, String more) throws IOException {
    String text =
        "model: {layers: %s%s}\ndata: {train: {format: csv, file: table.csv, %s, features: [x]}, preprocess: {unlabelled: drop}}\noptimizer: rprop\npartitions: 4\nstop: {rounds: 1}\n"
            .formatted(layers, more, wanted);
    Path job = write("counted.yaml", text);
    Path run = Files.createTempDirectory(folder, "run").resolve("run");
    Typed.run("train", job.toString(), "--in-process", "--quiet", "--out=" + run).expectSuccess();
    return ((Mlp) JobFile.read(run.resolve("job.yaml"), List.of()).model()).layers().toString();
  }

  @Test
  void outputsAreCountedAsWell() throws IOException {
    List<String> kinds = List.of("1", "1.0", "", "x", "other");
    table("x,y,kind", 40, i -> i % 7 + "," + i % 9 + "," + kinds.get(i % 5));
    assertEquals("[1, 8, 3]", counted("[auto, 8, auto]", "label: kind", ""));
    assertEquals("[1, 3]", counted("[1, auto]", "label: kind", ""));
    assertEquals("[1, 3]", counted("[auto, auto]", "label: kind, classes: [other, x, 1]", ""));
    assertEquals("[1, 2]", counted("[auto, auto]", "label: {column: y, above: 3}", ""));
    assertEquals("[1, 1]", counted("[auto, auto]", "targets: [y]", ", output: linear"));
  }

  @Test
  void labelsThatAreNoClassesAreNotCounted() throws IOException {
    table("x,y,kind", 1100, i -> i % 7 + "," + i + ".5,a");
    for (String label : List.of("y", "kind")) {
      Path job =
          write(
              "job.yaml",
              "model: {layers: [auto, auto]}\ndata: {train: {format: csv, file: table.csv, label: "
                  + label
                  + ", features: [x]}}\noptimizer: rprop\n");
      Ended ended = Typed.run("train", job.toString(), "--in-process");
      ended.expect(1);
      String found =
          "expected 2 to 1000 different labels; found " + (label.equals("y") ? "more" : "1");
      ended.expectErr(found);
    }
  }

  @Test
  void aRowThatIsTooShortOrTooLongIsNamed() throws IOException {
    for (String end : List.of("", ",high,1")) {
      table("a,kind", 40, i -> i + ".5" + (i == 3 ? end : i % 7 < 3 ? ",low" : ",high"));
      Ended ended = init("table.csv", "--label", "kind");
      ended.expect(1, "line 5: expected 2 columns, as in the first line; found ");
      assertFalse(Files.exists(Path.of(path("job.yaml"))));
    }
  }

  @Test
  void rowsWithoutALabelAreLeftOut() throws IOException {
    table("a,kind", 40, i -> i % 7 + ".5," + (i % 10 == 3 ? "" : i % 7 < 3 ? "low" : "high"));
    Ended ended = init("table.csv", "--label", "kind").expectSuccess();
    ended.expectOut(": 36 rows (4 without a label), 1 feature");
    train("run");
    table("a,price", 40, i -> i % 7 + ".5," + (i % 10 == 3 ? "NA" : i + ".25"));
    init("table.csv", "--label", "price", "--force").expectSuccess();
    assertEquals(1, layers().get(2));
    train("run2");
    Typed.run("evaluate", "--model", path("run2"), "--data", path("table.csv")).expectSuccess();
  }

  @Test
  void aTableIsNoJobAndOtherFilesAreNoTable() throws IOException {
    table("a,kind", 20, i -> i + ".5," + i % 2);
    for (String command : List.of("train", "compare")) {
      Typed.run(command, path("table.csv"))
          .expect(2, "table.csv: a table; expected a job file: cordee init ");
    }
    write("table.csv", "{\"a\": 1}\n");
    for (String json :
        List.of("{\"a\": 1}", "[\n  {\n    \"a\": 1", "{\n\t\"a\": [", "[[1, 2]]", "[{}]")) {
      write("table.csv", json + "\n");
      refused(
          init("table.csv", "--label", "a"),
          "table.csv: a JSON file; expected CSV or Parquet: convert it in Python with");
    }
    write("table.parquet", "ARROW1\0\0");
    refused(init("table.parquet", "--label", "a"), "found Arrow; convert it");
  }

  @Test
  void withoutALabelTheColumnsAreShown() throws IOException {
    table("a,kind", 20, i -> i + ".5," + i % 2);
    Ended ended = init("table.csv");
    ended.expect(2);
    ended.expectOut("\nkind                     numbers        2 ");
    ended.expectErr("give it as --label COLUMN");
    assertFalse(Files.exists(folder.resolve("job.yaml")));
  }

  @Test
  void otherNumbersAreATarget() throws IOException {
    table("a;b;price in €", 50, i -> i + ".25;" + i % 7 + ";" + i * 1.5);
    init("table.csv", "--label", "price in €").expectSuccess();
    assertEquals(';', ((TableFormat.Csv) drafted().format()).separator());
    assertEquals(List.of("price in €"), drafted().targets());
    assertEquals(1, layers().get(2));
    String text = read("job.yaml");
    String derived = "label: {column: \"price in €\", above: NUMBER}";
    assertTrue(text.contains("    # Two classes instead? " + derived + "; remove"), text);
    String asItSays =
        text.replaceAll("(?m)^ +(targets|output): .*$", "")
            .replaceAll("# Two classes instead. (.*); remove .*", "$1")
            .replace("NUMBER", "20")
            .replace(", 1]", ", 2]");
    write("job.yaml", asItSays);
    train("run");
  }

  @Test
  void aTableWithoutAHeaderHasItsColumnsCounted() throws IOException {
    table("0.5,1,a", 40, i -> i % 5 + ".5," + i % 3 + "," + (i % 2 == 0 ? "a" : "b"));
    write("table.csv", read("table.csv").replace(",a\n", ",0\n").replace(",b\n", ",1\n"));
    init("table.csv", "--label", "2").expectSuccess();
    assertFalse(drafted().format().hasNames());
    assertEquals(Optional.of("2"), drafted().label());
    train("run");
  }

  @Test
  void aFewOddCellsAmongNumbersCountAsMissing() throws IOException {
    table(
        "a,b,kind",
        200,
        i -> (i == 3 ? "abc" : i % 40 / 7.0) + "," + (i == 9 ? "-1-" : i % 3) + "," + i % 3 / 2);
    Ended ended = init("table.csv", "--label", "kind").expectSuccess();
    assertEquals(
        List.of(
            "a has cells that are not numbers (1 of 200, the first in line 5: 'abc'). They count as missing (na_values); correct them if they are slips.",
            "b has cells that are not numbers (1 of 200, the first in line 11: '-1-'). They count as missing (na_values); correct them if they are slips."),
        ended.out().lines().skip(1).limit(2).toList());
    assertTrue(read("job.yaml").contains("  # a has cells that are not numbers (1 of 200"));
    assertEquals(List.of("abc", "-1-"), drafted().naValues());
    assertEquals(List.of(), drafted().ignored());
    assertEquals(2, layers().get(0));
    train("run");
    Typed.run("evaluate", "--model", path("run")).expectSuccess().expectOut("accuracy  1.0000");
    write("new.csv", "a,b\nabc,1\n2,-1-\n");
    Typed.run("predict", "--model", path("run"), "--data", path("new.csv")).expectSuccess();
    write("new.csv", "a,b\nother,1\n");
    Typed.run("predict", "--model", path("run"), "--data", path("new.csv"))
        .expect(1, "found 'other'");
  }

  @Test
  void aFewOddCellsAmongDatesCountAsMissing() throws IOException {
    for (int days : List.of(28, 100)) { // with 100, every row has another date
      table(
          "day,b,kind",
          100,
          i -> (i == 3 ? "tbd" : LocalDate.EPOCH.plusDays(i % days)) + "," + i % 3 + ".5," + i % 2);
      Ended ended = init("table.csv", "--label", "kind", "--force").expectSuccess();
      ended.expectOut("\nday has cells that are not dates (1 of 100, the first in line 5: 'tbd').");
      assertEquals(List.of("tbd"), drafted().naValues());
      assertEquals(List.of("day.year", "day.month", "day.weekday", "b"), drafted().features());
      train("run" + days);
    }
    table(
        "day,b,kind",
        100,
        i -> (i == 3 ? "0" : LocalDate.EPOCH.plusDays(i % 28)) + "," + i % 3 + ".5," + i % 2);
    init("table.csv", "--label", "kind", "--force").expectSuccess();
    String job = read("job.yaml");
    String odd =
        "# day has cells that are not dates (1 of 100, the first in line 5: '0'). It is left";
    assertTrue(job.contains(odd), job);
  }

  @Test
  void noColumnIsDroppedWithoutALineAtTheTop() throws IOException {
    Random random = new Random(1);
    List<String> odd = List.of("abc", "1/2/2025", "2025-01-02", "a: [b", "x\"y", "12 kg", "#", "-");
    for (int n = 0; n < 20; n++) {
      int of = 40 + 23 * n;
      int places = 1 + n % 7;
      List<String> others = n % 3 == 0 ? odd : List.of(odd.get(n % odd.size()));
      int from = random.nextInt(of);
      table(
          "a,b,kind",
          of,
          i -> {
            int place = (i - from + of) % of;
            String text = others.get(place % others.size()).replace("\"", "\"\"");
            String cell = place < places ? '"' + text + '"' : i % 37 + ".25";
            return cell + "," + i % 5 + "," + i % 2;
          });
      Ended ended = init("table.csv", "--label", "kind", "--force").expectSuccess();
      String first = ended.out().lines().skip(1).findFirst().orElseThrow();
      String found = "(%d of %d, the first in line ".formatted(places, of);
      assertTrue(first.startsWith("a has cells that are not numbers " + found), first);
      boolean isKept = places <= Math.max(1, of / 100);
      assertTrue(first.contains(isKept ? "count as missing" : "It is left out"), first);
      assertEquals(isKept ? List.of() : List.of("a"), drafted().ignored());
      train("run" + n);
    }
  }

  /** Kinds of columns that are left out, and cells that count as missing. */
  @Tag("slow")
  @Test
  void ofAnyKindNoColumnIsDroppedWithoutALineAtTheTop() throws IOException {
    List<IntFunction<String>> kinds =
        List.of(
            i -> i % 9 == 0 ? "-" : i + ".5",
            i -> i % 9 == 0 ? "n/a" : i % 13 + ".5",
            i -> i == 5 ? "-" : i % 13 + ".5",
            i -> i % 13 + (i % 2 == 0 ? " kg" : ""),
            i -> "\"%d,%03d\"".formatted(1 + i, i),
            i -> "$" + i + ".25",
            i -> i + " %",
            i -> i % 2 == 0 ? "2024-01-0" + (1 + i % 9) : "1/2/2024",
            i -> (1 + i % 12) + "/13/2024",
            i -> "13.01." + (1900 + i),
            i -> i % 30 == 0 ? "soon" : "2024-01-0" + (1 + i % 9),
            i -> "",
            i -> "?",
            i -> "same",
            i -> "7",
            i -> "" + i,
            i -> "id-" + i,
            i -> "n" + i * 2 / 3,
            i -> i % 2 == 0 ? "" : "x" + i,
            i -> i % 3 == 0 ? "abc" : i * 7 % 101 + ".25");
    for (int n = 0; n < kinds.size(); n++) {
      IntFunction<String> kind = kinds.get(n);
      table("odd,b,kind", 120, i -> kind.apply(i) + "," + i % 5 + ".5," + i % 2);
      Ended ended = init("table.csv", "--label", "kind", "--force").expectSuccess();
      List<String> features = drafted().features();
      boolean isUsed =
          !drafted().ignored().contains("odd")
              && (features.isEmpty() || features.stream().anyMatch(it -> it.startsWith("odd")));
      String first = ended.out().lines().skip(1).findFirst().orElseThrow();
      assertTrue(isUsed || first.startsWith("odd "), n + ": " + ended.out());
      boolean isNamed = first.startsWith("odd ");
      assertEquals(isNamed && first.contains("It is left out; "), !isUsed, n + ": " + first);
      train("kind" + n);
    }
  }

  @Test
  void aRareClassIsNamed() throws IOException {
    table(
        "a,kind", 100, i -> i % 40 / 7.0 + "," + (i == 3 ? "tru" : "true false".split(" ")[i % 2]));
    init("table.csv", "--label", "kind").expectSuccess();
    String job = read("job.yaml");
    assertTrue(job.contains("# Class 'tru' has only 1.0 % of the rows"), job);
  }

  @Test
  void whatCannotBeTrainedOnIsRefused() throws IOException {
    table("a,b,kind", 10, i -> i + ".5,1,x");
    refused(init("table.csv", "--label", "kid"), "has no column 'kid'; give one of those above");
    refused(init("table.csv", "--label", "kind"), "has the same label in every row");
    table("a,kind", 10, i -> "t" + i + "," + i % 2);
    refused(init("table.csv", "--label", "kind"), "expected a feature besides 'kind'");
    table("a,kind", 10, i -> i + ".5," + (i == 3 ? "" : i % 2));
    refused(
        init("table.csv", "--label", "kind"), "expected at least 10 rows with a label; found 9");
    table("a,kind", 100, i -> i % 9 + ".5," + (i == 3 ? "abc" : i / 2));
    refused(
        init("table.csv", "--label", "kind"),
        "the label, column 'kind', has cells that are not numbers (1 of 100, the first in line 5: 'abc')");
    table("a", 10, i -> "1");
    refused(init("table.csv", "--label", "a"), "expected several columns; found one");
    table("a,kind", 9, i -> i + ".5," + i % 2);
    refused(
        init("table.csv", "--label", "kind"), "expected at least 10 rows with a label; found 9");
    refused(init("none.csv", "--label", "a"), "none.csv");
  }

  @Test
  void columnsThatHaveNoNameOfTheirOwnAreCounted() throws IOException {
    table(",a,a,2020,kind", 40, i -> i + "," + i % 7 + "," + i % 3 + "," + i % 5 + "," + i % 2);
    init("table.csv", "--label", "kind").expectSuccess();
    assertTrue(drafted().format().hasNames());
    assertEquals(List.of("0"), drafted().ignored());
    assertEquals(3, layers().get(0));
    train("run");
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
    assertEquals(2, layers().get(2));
  }

  @Test
  void aJobFileIsNotReplacedUnasked() throws IOException {
    table("a,kind", 10, i -> i + ".5," + i % 2);
    write("job.yaml", "mine");
    assertEquals(1, init("table.csv", "--label", "kind").exitCode());
    assertEquals("mine", read("job.yaml"));
    init("table.csv", "--label", "kind", "--force").expectSuccess();
  }
}
