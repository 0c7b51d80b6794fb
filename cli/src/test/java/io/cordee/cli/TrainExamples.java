package io.cordee.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Trains every example on the digits for a few rounds, all in this process. */
public final class TrainExamples {

  private TrainExamples() {}

  /** Arguments: the folder of examples, and one for the runs. */
  public static void main(String[] args) throws IOException {
    List<Path> jobs;
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      jobs =
          files.filter(file -> file.getFileName().toString().matches("digits.*")).sorted().toList();
    }
    for (Path job : jobs) {
      String name = job.getFileName().toString().replace(".yaml", "");
      int code =
          Main.commandLine()
              .execute(
                  "train",
                  job.toString(),
                  "--in-process",
                  "--quiet",
                  "--workers=2",
                  "--threads=1",
                  "--set=stop.rounds=" + (name.contains("full") ? 1 : 4),
                  "--out=" + Path.of(args[1], name));
      if (code != 0) {
        System.exit(code);
      }
    }
  }
}
