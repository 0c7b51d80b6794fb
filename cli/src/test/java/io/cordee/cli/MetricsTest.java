package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every team's metrics are those evaluated from the saved weights. */
class MetricsTest extends InFolder {

  private static final int FIRST = Run.HEADER.split(",").length;

  private Run train(Path job, int workers) {
    Path run = folder.resolve(workers + "-workers");
    Typed.run(
            "train",
            job.toString(),
            "--in-process",
            "--quiet",
            "--workers=" + workers,
            "--set=stop.rounds=7",
            "--set=evaluate_every=3",
            "--set=keep=last",
            "--out=" + run)
        .expectSuccess();
    return new Run(run);
  }

  private static List<String> cells(String line) {
    return List.of(line.split(",", -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      value = {
        "tables/diabetes.yaml : mae,rmse,r2",
        "tables/breast-cancer.yaml : precision,recall,f1,auc",
        "tables/iris.yaml : precision,recall,f1",
        "digits-rprop.yaml : precision,recall,f1,top_5",
      })
  void theyAreThoseOfTheSavedWeights(String job, String names) {
    Path examples = Path.of("..", "examples");
    Run run = train(examples.resolve(job), 1);
    List<String> columns = cells(run.lines("metrics.csv").get(0));
    List<List<String>> rows =
        run.lines("metrics.csv").stream().skip(1).map(MetricsTest::cells).toList();
    String out =
        Typed.run("evaluate", "--model=" + run.model(), "--json", "--part=test")
            .expectSuccess()
            .out();
    JsonObject evaluated = JsonParser.parseString(out).getAsJsonObject();
    for (String name : names.split(",")) {
      int column = columns.indexOf("test_" + name);
      assertTrue(column >= FIRST, columns::toString);
      for (int round = 0; round <= 7; round++) {
        assertEquals(round % 3 != 0 && round != 7, rows.get(round).get(column).isEmpty());
      }
      double ofRound = Double.parseDouble(rows.get(7).get(column));
      double value = evaluated.get(name).getAsDouble();
      assertEquals(value, ofRound, 1e-9 * Math.abs(value));
    }
    assertEquals(
        names.split(",").length,
        columns.stream().skip(FIRST).filter(c -> c.startsWith("test_")).count());

    Run other = train(examples.resolve(job), 3);
    List<List<String>> others =
        other.lines("metrics.csv").stream().skip(1).map(MetricsTest::cells).toList();
    IntStream.range(0, rows.size())
        .forEach(
            i ->
                assertEquals(
                    rows.get(i).subList(FIRST, columns.size()),
                    others.get(i).subList(FIRST, columns.size())));
  }
}
