package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A label of two classes: whether a numeric column exceeds a threshold. */
class DerivedLabelTest extends InFolder {

  /** Delays from 0 to 39 grow with the distance; every tenth cell is empty. */
  private static String flights() {
    StringBuilder rows = new StringBuilder("distance,delay\n");
    for (int i = 0; i < 40; i++) {
      rows.append(i * 10).append(i % 10 == 5 ? ",NA\n" : "," + i + ".0\n");
    }
    return rows.toString();
  }

  private Ended train(String preprocess) throws IOException {
    write("flights.csv", flights());
    Path job =
        write(
            "job.yaml",
            """
            model: {layers: [1, 2]}
            data:
              train: {format: csv, file: flights.csv, label: {column: delay, above: 15}}
              preprocess: {scale: standardize%s}
            optimizer: {name: rprop}
            partitions: 4
            stop: {rounds: 60}
            """
                .formatted(preprocess));
    String out = "--out=" + folder.resolve("run");
    return Typed.run("train", "--in-process", "--quiet", out, job.toString());
  }

  private Ended on(String command, String rows, String... more) throws IOException {
    Path file = write("rows.csv", rows);
    return Typed.run(List.of(command, "--model=" + folder.resolve("run"), "--data=" + file), more);
  }

  @Test
  void rowsAreOfTheClassesBelowAndAbove() throws IOException {
    train(", unlabelled: drop").expectSuccess();
    String json =
        on("evaluate", "distance,delay\n0,15\n390,15.5\n20,3\n", "--json").expectSuccess().out();
    JsonObject evaluated = JsonParser.parseString(json).getAsJsonObject();
    assertEquals("[\"delay <= 15\",\"delay > 15\"]", evaluated.get("classes").toString());
    assertEquals("[[2,0],[0,1]]", evaluated.get("confusion").toString(), "15 is not above 15");
    String predicted = "row,class,label,output_delay <= 15,output_delay > 15";
    for (String rows : List.of("distance\n0\n390\n", "distance,delay\n0,?\n390,late\n")) {
      List<String> lines = on("predict", rows).expectSuccess().out().lines().toList();
      assertEquals(predicted, lines.get(0));
      assertTrue(lines.get(1).startsWith("0,0,delay <= 15,"), lines.get(1));
      assertTrue(lines.get(2).startsWith("1,1,delay > 15,"), lines.get(2));
    }
    String columns = Typed.run("inspect", path("run")).expectSuccess().out();
    assertTrue(columns.contains("36"), "rows with a delay: " + columns);
  }

  @Test
  void cellsWithoutANumberAreAsEmptyLabels() throws IOException {
    train("").expect(1, "line 7, column 'delay': expected a label; found none");
    train(", unlabelled: drop").expectSuccess();
    on("evaluate", "distance,delay\n0,late\n")
        .expect(
            1,
            "line 2, column 'delay': expected a number, since label.above compares it; found 'late'");
  }
}
