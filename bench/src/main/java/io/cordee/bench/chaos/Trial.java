package io.cordee.bench.chaos;

import io.cordee.common.job.JobFile;
import io.cordee.common.random.SplitMix64;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One job: attacked, then run undisturbed, then compared. */
final class Trial {

  /**
   * What came of it.
   *
   * @param rounds of the job
   * @param starts how many processes were started for it
   */
  record Result(Tally tally, int rounds, int starts, Duration attacked, String digest) {}

  private Trial() {}

  /**
   * Runs it.
   *
   * @throws Deviation if it is not as if nothing had happened
   */
  static Result run(Setup setup, Consumer<String> progress)
      throws IOException, InterruptedException, Deviation {
    Files.createDirectories(setup.folder());
    Files.writeString(setup.jobFile(), JobFile.write(setup.job()));
    long seed = new SplitMix64(setup.seed() ^ setup.job().rule().name().hashCode()).nextLong();
    List<Event> events =
        Schedule.draw(seed, setup.events(), setup.shards(), setup.job().hasJournal());
    try (EventLog log = EventLog.begin(setup.folder().resolve("events.log"));
        Attack attack = new Attack(setup, log, progress)) {
      int rounds = attack.run(events);
      Duration attacked = attack.duration();
      checkThatNobodyIsLeft();
      progress.accept(
          "the same job undisturbed: " + rounds + " rounds by one server and one worker");
      QuietRun.train(setup, rounds);
      String digest = compare(setup);
      return new Result(attack.tally(), rounds, attack.starts(), attacked, digest);
    }
  }

  private static void checkThatNobodyIsLeft() throws Deviation {
    List<ProcessHandle> left =
        ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).toList();
    if (!left.isEmpty()) {
      throw new Deviation("still there after the job: processes " + left);
    }
  }

  /** Compares all that a run leaves; the last digest. */
  private static String compare(Setup setup) throws IOException, Deviation {
    List<Row> quiet = Row.read(setup.quiet().resolve(RunFiles.METRICS));
    Verdict.compare(quiet, Row.read(setup.metrics()));
    Path model = setup.run().resolve(RunFiles.MODEL);
    if (Files.mismatch(setup.quiet().resolve(RunFiles.MODEL), model) >= 0) {
      throw new Deviation(model + " is not that of the quiet run");
    }
    checkForDrafts(setup);
    return quiet.get(quiet.size() - 1).digest();
  }

  /** Nothing that was half written when somebody was killed stays for good. */
  private static void checkForDrafts(Setup setup) throws IOException, Deviation {
    try (Stream<Path> files = Files.walk(setup.run())) {
      List<Path> drafts = files.filter(file -> file.toString().endsWith(".tmp")).toList();
      if (!drafts.isEmpty()) {
        throw new Deviation(drafts.size() + " half-written files are left, as " + drafts.get(0));
      }
    }
  }
}
