package io.cordee.bench.chaos;

import io.cordee.cli.team.JavaProcess;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The same job undisturbed: one server, one worker, no events. */
final class QuietRun {

  private static final Duration LOOK = Duration.ofMillis(200);

  private QuietRun() {}

  /**
   * Trains this many rounds.
   *
   * @throws Deviation if that does not work out
   */
  static void train(Setup setup, int rounds) throws IOException, InterruptedException, Deviation {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                setup.jobFile().toString(),
                "--quiet",
                "--workers=1",
                "--threads=2",
                "--set=stop={rounds: " + rounds + "}",
                "--out=" + setup.quiet()));
    setup.data().ifPresent(data -> arguments.add("--data=" + data));
    Process process =
        JavaProcess.cordee(arguments)
            .redirectErrorStream(true)
            .redirectOutput(setup.log("quiet").toFile())
            .start();
    try {
      await(process, setup);
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new Deviation(
          "the quiet run has failed with exit code %s; %s says why"
              .formatted(process.exitValue(), setup.log("quiet")));
    }
  }

  private static void await(Process process, Setup setup)
      throws IOException, InterruptedException, Deviation {
    Watch watch = new Watch(setup.quiet().resolve(RunFiles.METRICS), setup.patience());
    while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      watch.look();
    }
  }
}
