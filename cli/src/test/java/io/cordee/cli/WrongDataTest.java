package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.cordee.cli.process.InFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data that this process can see are checked before anything is created or started. */
class WrongDataTest extends InFolder {

  private static final String ROWS = "a,b,kind\n1,2,0\n2,1,1\n3,2,1\n4,2,0\n";

  @BeforeEach
  void write() throws IOException {
    write("train.csv", ROWS);
    write("test.csv", ROWS);
    write(
        "job.yaml",
        """
        model: {layers: [2, 2]}
        data:
          train: {format: csv, file: train.csv, label: kind}
          test: {format: csv, file: test.csv, label: kind}
        partitions: 2
        optimizer: {name: gd}
        stop: {rounds: 2}
        """);
  }

  private void assertRefused(String command, String expected) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.add(1, path("job.yaml"));
    words.add("--out=" + folder.resolve("out"));
    Typed.run(words).expectFailure(expected);
    assertFalse(Files.exists(folder.resolve("out")), "nothing is made");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"train", "train --in-process", "compare --in-process", "compare --processes"})
  void nothingIsMadeOfDataThatDoNotFit(String command) throws IOException {
    write("test.csv", ROWS.replace("kind", "sort"));
    assertRefused(command, "test.csv: expected the label or target column 'kind'");
    write("test.csv", "a,b,kind\n");
    assertRefused(command, "test.csv has no rows");
    Files.delete(folder.resolve("test.csv"));
    assertRefused(command, "data file test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "train --in-process"})
  void norOfTooFewRows(String command) throws IOException {
    assertRefused(command + " --set=partitions=5", "5 partitions need at least 5 rows; found 4");
    assertRefused(command + " --set=batch=5", "a batch of 5 rows needs as many training rows");
  }

  @Test
  void everyCellOfAComparisonIsLookedAt() {
    assertRefused(
        "compare --in-process --vary=partitions=2,5", "5 partitions need at least 5 rows; found 4");
    assertRefused("compare --in-process --vary=batch=2,5", "a batch of 5 rows");
  }
}
