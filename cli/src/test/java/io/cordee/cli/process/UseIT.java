package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Processes exit and print as the command does in {@code UseTest}; failures of a team's processes
 * become the command's own.
 */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class UseIT extends InFolder {

  @Test
  void wrongUseIsToldInOneLine() {
    cordee().run("train", "--wrokers", "2").expectOneLine(2, "cordee train: Unknown option");
    assertFalse(Files.exists(folder.resolve("runs")), "nothing is begun");
  }

  @Test
  void theSameCommandIsAcceptedOnceTheDataAreMended() throws IOException {
    String[] train = {"train", "job.yaml", "--data=.", "--workers=1", "--out=run"};
    write(
        "job.yaml",
        """
        name: small
        model: {layers: [2, 2]}
        data:
          train: {format: csv, file: rows.csv, header: true, label: kind}
        partitions: 2
        optimizer: {name: gd, learning_rate: 0.1}
        stop: {rounds: 2}
        """);
    Path rows = folder.resolve("rows.csv");
    Files.writeString(rows, "a,b,kind\n1,2,0\n1,2,1\n3,x,1\n");
    cordee().run(train).expectFailure("rows.csv, line 4, column 'b'");
    assertFalse(Files.exists(folder.resolve("run")), "nothing is left");

    Files.writeString(rows, "a,b,kind\n1,2,0\n1,2,1\n3,4,1\n");
    cordee().run(train).expectSuccess();
  }
}
