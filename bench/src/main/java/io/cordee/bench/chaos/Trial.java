package io.cordee.bench.chaos;

import io.cordee.cli.process.JavaProcess;
import io.cordee.cli.process.Supervised;
import io.cordee.cli.process.Supervisor;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.random.SplitMix64;
import io.cordee.common.run.RoundRow;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One job: attacked, then run undisturbed, then compared.
 *
 * @param progress receives lines for people on how far it is
 */
record Trial(Setup setup, Consumer<String> progress) {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
  private static final Duration LOOK = Duration.ofMillis(200);

  /**
   * @param events how many in all
   * @param starts how many processes were started for it
   */
  record Result(
      Map<Kind, Integer> happened,
      int events,
      int rounds,
      int starts,
      Duration attacked,
      String digest) {}

  /**
   * @throws Deviation if the run differs from an undisturbed one
   */
  Result run() throws IOException, InterruptedException, Deviation {
    Files.createDirectories(setup.folder());
    Files.writeString(setup.jobFile(), JobFile.write(setup.job()));
    long seed = new SplitMix64(setup.seed() ^ setup.job().optimizer().name().hashCode()).nextLong();
    List<ChaosEvent> events = draw(seed);
    Path log = setup.folder().resolve("events.log");
    try (PrintWriter lines = new PrintWriter(Files.newBufferedWriter(log), true);
        Attack attack =
            new Attack(
                setup,
                line -> lines.println(LocalTime.now().format(TIME) + " " + line),
                progress)) {
      int rounds = attack.run(events);
      Duration attacked = attack.duration();
      checkThatNobodyIsLeft();
      progress.accept(
          "the same job undisturbed: " + rounds + " rounds by one server and one worker");
      trainQuietly(rounds);
      String digest = compare();
      return new Result(
          attack.happened(), events.size(), rounds, attack.starts(), attacked, digest);
    }
  }

  private List<ChaosEvent> draw(long seed) {
    return ChaosEvent.draw(
        seed, setup.events(), kind -> kind.isPossible(setup.shards(), setup.arePeers()));
  }

  private static void checkThatNobodyIsLeft() throws Deviation {
    List<ProcessHandle> left =
        ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).toList();
    if (!left.isEmpty()) {
      throw new Deviation("still there after the job: processes " + left);
    }
  }

  /** The same job undisturbed: one server, one worker, no events. */
  private void trainQuietly(int rounds) throws IOException, InterruptedException, Deviation {
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
    Path log = setup.log("quiet");
    try (Supervisor processes = new Supervisor(Duration.ZERO)) {
      Supervised quiet =
          processes.child("the quiet run", () -> JavaProcess.cordee(arguments, log)).start();
      RowWatch watch =
          new RowWatch(setup.rows(), setup.quiet().resolve(RunFiles.METRICS), setup.patience());
      while (!quiet.awaitEnd(LOOK)) {
        watch.look();
      }
      if (quiet.code() != 0) {
        throw new Deviation(
            "%s has failed with exit code %s; %s says why"
                .formatted(quiet.name(), quiet.code(), log));
      }
    }
  }

  /** Compares all that a run leaves; the last digest. */
  private String compare() throws IOException, Deviation {
    Rows rows = setup.rows();
    List<RoundRow> quiet = rows.read(setup.quiet().resolve(RunFiles.METRICS));
    rows.compare(quiet, rows.read(setup.metrics()));
    Path model = setup.run().resolve(RunFiles.MODEL);
    if (Files.mismatch(setup.quiet().resolve(RunFiles.MODEL), model) >= 0) {
      throw new Deviation(model + " is not that of the quiet run");
    }
    checkForDrafts();
    return quiet.get(quiet.size() - 1).digest();
  }

  /** Killed processes must leave no temporary files for good. */
  private void checkForDrafts() throws IOException, Deviation {
    try (Stream<Path> files = Files.walk(setup.run())) {
      List<Path> drafts = files.filter(file -> file.toString().endsWith(".tmp")).toList();
      if (!drafts.isEmpty()) {
        throw new Deviation(drafts.size() + " half-written files are left, as " + drafts.get(0));
      }
    }
  }
}
