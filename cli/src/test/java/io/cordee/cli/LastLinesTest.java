package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.cli.process.Ended;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training says in the end. */
class LastLinesTest {

  @TempDir private Path temporary;

  private Path folder;

  @BeforeEach
  void makeAFolderThatNeedsQuotes() throws IOException {
    folder = Files.createDirectory(temporary.resolve("it's mine"));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  /** The target is 3 x, whatever shade and day are. */
  private void regression(int rows) throws IOException {
    Random random = new Random(1);
    StringBuilder table = new StringBuilder("x,day,shade,price\n");
    for (int i = 0; i < rows; i++) {
      double x = random.nextGaussian();
      table.append(
          "%.4f,2024-%02d-0%d,s%d,%.4f\n"
              .formatted(
                  x, 1 + i % 12, 1 + i % 7, i % 3, 3 * x + 50 + 0.3 * random.nextGaussian()));
    }
    Files.writeString(folder.resolve("table.csv"), table);
    Typed.run("init", path("table.csv"), "--label=price", "--out=" + path("job.yaml"))
        .expectSuccess();
  }

  private Ended train(String... more) {
    return Typed.run(List.of("train", path("job.yaml"), "--in-process"), more);
  }

  /** The commands below {@code next:}, each as a shell takes it apart. */
  private static List<String[]> pasted(Ended ended) throws IOException {
    List<String> lines = ended.out().lines().toList();
    Stream<String> commands =
        lines.subList(lines.indexOf("next:") + 1, lines.size()).stream()
            .takeWhile(line -> line.startsWith("  "));
    List<String[]> words = new ArrayList<>();
    for (String command : commands.toList()) {
      Process shell = new ProcessBuilder("sh", "-c", "printf '%s\\n' " + command).start();
      String[] all =
          new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n");
      assertEquals("cordee", all[0]);
      words.add(Stream.of(all).skip(1).toArray(String[]::new));
    }
    return words;
  }

  private JsonObject evaluation() throws IOException {
    return JsonParser.parseString(Files.readString(folder.resolve("run/evaluation.json")))
        .getAsJsonObject();
  }

  @Test
  void aTrainingEndsWithTheScoreThatEvaluateSays() throws IOException {
    regression(200);
    Ended ended = train("--out", path("run"));

    String score = ended.out().lines().filter(it -> it.startsWith("test rows")).findFirst().get();
    Ended evaluated = Typed.run("evaluate", "--model", path("run")).expectSuccess();
    String r2 = evaluated.out().lines().filter(it -> it.startsWith("r2")).findFirst().get();
    String rmse = evaluated.out().lines().filter(it -> it.startsWith("rmse")).findFirst().get();
    assertTrue(
        score.startsWith(
            "test rows (40): R² %s, RMSE %s by the "
                .formatted(r2.split(" +")[1], rmse.split(" +")[1])),
        () -> score + evaluated.out());
    ended.expectOut("\nbaseline: R² -0.");
  }

  @Test
  void everyCommandAtTheEndCanBePasted() throws IOException {
    regression(200);
    Ended ended =
        train(
            "--out", path("run"), "--set=optimizer={name: gd, learning_rate: 0.01}", "--rounds=30");

    List<String[]> commands = pasted(ended);
    assertEquals(
        List.of("evaluate", "predict", "export", "train"),
        commands.stream().map(it -> it[0]).toList(),
        ended::toString);
    for (String[] command : commands.subList(0, 3)) {
      Typed.run(command).expectSuccess();
    }
    Typed.run(List.of(commands.get(3)), "--in-process", "--quiet").expectSuccess();
    assertTrue(Files.exists(folder.resolve("run/model.onnx")));
    assertTrue(ended.out().endsWith("report " + path("run/report.html") + "\n"), ended.out());
  }

  @Test
  void aJobWithoutTestRowsIsToldHowToHaveSome() throws IOException {
    Files.writeString(folder.resolve("table.csv"), "x,kind\n" + "1,a\n2,b\n".repeat(20));
    Files.writeString(
        folder.resolve("job.yaml"),
        """
        model: {layers: [1, 2, 2]}
        data: {train: {format: csv, file: table.csv, label: kind}}
        partitions: 2
        stop: {rounds: 3}
        """);
    Ended ended = train("--out", path("run")).expectSuccess();

    ended.expectOut("\nno rows are held out to test on; ");
    assertFalse(ended.out().contains("baseline"), ended.out());
    for (String[] command : pasted(ended)) {
      Typed.run(command).expectSuccess();
    }
  }

  @Test
  void quietIsQuiet() throws IOException {
    assertEquals(
        "",
        Typed.run("train", "--in-process", "--quiet", "--rounds=2", "--out=" + path("run")).out());
  }

  @Test
  void theColumnThatDecidesIsImportantAndItsShufflesAreSeeded() throws IOException {
    regression(400);
    train("--out", path("run"), "--quiet").expectSuccess();
    JsonObject importance = evaluation().getAsJsonObject("importance");

    JsonArray columns = importance.getAsJsonArray("columns");
    List<String> names =
        Stream.of(0, 1, 2)
            .map(i -> columns.get(i).getAsJsonObject().get("column").getAsString())
            .toList();
    assertEquals("x", names.get(0));
    assertEquals(List.of("day", "shade", "x"), names.stream().sorted().toList());
    double drop = columns.get(0).getAsJsonObject().get("drop").getAsDouble();
    // Of shuffled targets with R² near 1, it is near -1.
    assertTrue(drop > 1 && drop < 3, "a drop of " + drop);
    assertTrue(columns.get(1).getAsJsonObject().get("drop").getAsDouble() < 0.3, columns::toString);
    assertEquals(80, importance.get("rows").getAsInt());
    assertEquals(0, importance.getAsJsonArray("leftOut").size());
  }
}
