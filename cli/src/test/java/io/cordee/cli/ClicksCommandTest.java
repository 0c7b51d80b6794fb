package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClicksCommandTest extends InFolder {

  private Ended make(String... arguments) {
    List<String> command = List.of("data", "clicks", "--to=" + folder);
    return Typed.run(command, arguments);
  }

  @Test
  void bothFormatsHoldTheSameRows() throws IOException {
    make("--rows=2k", "--ids=4000", "--columns=4").expectSuccess();
    make("--rows=2k", "--ids=4000", "--columns=4", "--format=libsvm").expectSuccess();
    List<String> csv = Files.readAllLines(folder.resolve("clicks.csv"));
    assertEquals("click,c1,c2,c3,c4", csv.get(0));
    List<String> asLibSvm =
        csv.stream()
            .skip(1)
            .map(row -> row.split(","))
            .map(
                cells ->
                    cells[0]
                        + IntStream.range(1, 5)
                            .mapToObj(i -> " " + cells[i] + ":1")
                            .collect(Collectors.joining()))
            .toList();
    assertEquals(2000, asLibSvm.size());
    assertEquals(asLibSvm, Files.readAllLines(folder.resolve("clicks.libsvm")));
  }

  @Test
  void theyTrainATable() throws IOException {
    make("--rows=1k", "--ids=26k", "--format=libsvm").expectSuccess();
    Path job = folder.resolve("job.yaml");
    Files.writeString(
        job,
        """
        model: {layers: [26000, 4, 1], output: sigmoid, sparse: true}
        data:
          train: {format: libsvm, file: clicks.libsvm, classes: ['0', '1']}
        optimizer: irprop-
        partitions: 4
        stop: {rounds: 10}
        """);
    List<Run.Row> rows =
        Typed.train(folder.resolve("run"), job.toString(), "--data=" + folder).rows();
    assertTrue(rows.get(9).loss() < rows.get(0).loss(), rows::toString);
  }

  @Test
  void aFileThatIsThereIsReplacedByForceAlone() throws IOException {
    make("--rows=1k").expectSuccess();
    String line = make("--rows=2k").expectOneLine(1);
    assertTrue(
        line.endsWith("clicks.csv exists already; give another --to, or --force to replace it"),
        line);
    make("--rows=2k", "--force").expectSuccess();
    assertEquals(2001, Files.readAllLines(folder.resolve("clicks.csv")).size());
  }
}
