package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.Run;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class ParquetTest {

  private static final MessageType COLUMNS =
      MessageTypeParser.parseMessageType(
          "message rows { required int64 id; optional double x; required float y;"
              + " optional binary shade (STRING); required binary size (STRING); }");

  @TempDir static Path folder;

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  private static List<List<String>> rows() {
    return IntStream.range(0, 60)
        .mapToObj(
            i ->
                List.of(
                    "" + i * i,
                    i % 7 == 0 ? "" : "" + i % 10 / 3.0,
                    "" + i % 4 / 10f,
                    i % 5 == 0 ? "" : i % 2 == 0 ? "red" : "blue",
                    i % 10 < 5 ? "low" : "high"))
        .toList();
  }

  private static void writeParquet(String name, List<List<String>> rows) throws IOException {
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(folder.resolve(name)))
            .withConf(new PlainParquetConfiguration())
            .withType(COLUMNS)
            .build()) {
      for (List<String> row : rows) {
        Group group = new SimpleGroup(COLUMNS);
        group.add("id", Long.parseLong(row.get(0)));
        if (!row.get(1).isEmpty()) {
          group.add("x", Double.parseDouble(row.get(1)));
        }
        group.add("y", Float.parseFloat(row.get(2)));
        if (!row.get(3).isEmpty()) {
          group.add("shade", row.get(3));
        }
        group.add("size", row.get(4));
        writer.write(group);
      }
    }
  }

  private static Ended train(String name, String format) throws IOException {
    Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        model: {layers: [5, 4, 2]}
        data:
          train: {format: %s, label: size, ignore: [id]}
          split: {validation: 0.2, test: 0.2, seed: 1}
          preprocess: {scale: standardize, missing: median, categories: [shade]}
        optimizer: {name: rprop, max_step: 0.1}
        partitions: 4
        stop: {rounds: 20}
        """
            .formatted(format));
    return Typed.run("train", path(name + ".yaml"), "--in-process", "--quiet", "--out", path(name));
  }

  /** Without the path of the rows. */
  private static String said(String command, String model, String data) {
    Ended ended = on(command, model, data).expectSuccess();
    return ended.out().replaceFirst("rows of .*", "rows") + ended.err();
  }

  private static Ended on(String command, String model, String data) {
    return Typed.run(command, "--model", path(model), "--data", data);
  }

  @BeforeAll
  void trainOnBoth() throws IOException {
    List<String> lines = rows().stream().map(row -> String.join(",", row)).toList();
    Files.writeString(
        folder.resolve("rows.csv"), "id,x,y,shade,size\n" + String.join("\n", lines) + "\n");
    writeParquet("rows.parquet", rows());
    train("csv", "csv, file: rows.csv").expectSuccess();
    train("parquet", "parquet, file: rows.parquet").expectSuccess();
  }

  private static List<String> digests(String run) {
    return new Run(folder.resolve(run)).digests();
  }

  @Test
  void digestsAreThoseOfTheSameCellsInCsv() throws IOException {
    assertEquals(21, digests("csv").stream().distinct().count());
    assertEquals(digests("csv"), digests("parquet"));
  }

  @Test
  void modelsTakeEitherFormat() {
    for (String command : List.of("evaluate", "predict")) {
      String expected = said(command, "csv", path("rows.csv"));
      for (String model : List.of("csv", "parquet")) {
        for (String rows : List.of("rows.csv", "rows.parquet")) {
          assertEquals(expected, said(command, model, path(rows)));
        }
      }
    }
  }

  @Test
  void rowsMayComeOnStandardInput() throws IOException {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(Files.readAllBytes(folder.resolve("rows.parquet"))));
      assertEquals(said("evaluate", "csv", path("rows.csv")), said("evaluate", "csv", "-"));
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aJobIsDraftedForIt() throws IOException {
    Typed.run("init", path("rows.parquet"), "--label", "size", "--out", path("drafted.yaml"))
        .expectSuccess();
    String job = Files.readString(folder.resolve("drafted.yaml"));
    assertTrue(job.contains("format: parquet\n    file: rows.parquet\n    label: size"), job);
    Typed.run("train", path("drafted.yaml"), "--in-process", "--quiet", "--out", path("drafted"))
        .expectSuccess();
  }

  @Test
  void aFileThatIsNoneIsRefusedInOneLine() throws IOException {
    Files.writeString(folder.resolve("text.parquet"), "id,x\n1,2\n");
    for (Ended ended :
        List.of(
            on("evaluate", "csv", path("text.parquet")),
            train("text", "parquet, file: text.parquet"),
            Typed.run("init", path("text.parquet"), "--label", "x", "--out", path("other.yaml")))) {
      ended.expect(1);
      assertEquals(
          "%s: expected a Parquet file, which begins with PAR1; found other bytes: is it CSV, or packed as a whole?"
              .formatted(path("text.parquet")),
          ended.err().strip());
    }
  }
}
