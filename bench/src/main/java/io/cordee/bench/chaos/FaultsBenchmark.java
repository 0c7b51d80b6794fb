package io.cordee.bench.chaos;

import io.cordee.bench.Temporary;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Pairs;
import io.cordee.bench.report.Report;
import io.cordee.common.file.Resource;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What faults cost: a small job by a server and three workers, each process on its own, with faults
 * at set rounds, and undisturbed before and after. Every row of the metrics has to be the same.
 */
public final class FaultsBenchmark {

  private static final int WORKERS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private FaultsBenchmark() {}

  /** What is done to a process. */
  enum Kind {
    WORKER_KILLED("a worker killed, and started again", 1),
    WORKER_STOPPED("a worker stopped for 2 s", 1),
    SERVER_KILLED("the server killed, and started again", 3);

    private final String words;

    /** What it may cost, in seconds. */
    private final double most;

    Kind(String words, double most) {
      this.words = words;
      this.most = most;
    }
  }

  /**
   * @param round after which it happens
   */
  record Fault(Kind kind, int round) {}

  public static void run(Report report) throws Exception {
    int rounds = report.choose(1_800, 240);
    List<Fault> faults = faults(rounds, report.choose(20, 3));
    try (Temporary folder = Temporary.folder()) {
      Job job = job(rounds);
      Setup before = setup(job, folder.path().resolve("before"), 0);
      Setup hit = setup(job, folder.path().resolve("faults"), faults.size());
      Setup after = setup(job, folder.path().resolve("after"), 0);
      double[] first = train(before, List.of());
      double[] measured = train(hit, faults);
      double[] second = train(after, List.of());
      double[] limit = new double[first.length];
      Arrays.setAll(limit, i -> (first[i] + second[i]) / 2);
      Rows rows = before.rows();
      rows.compare(rows.read(before.metrics()), rows.read(hit.metrics()));
      rows.compare(rows.read(before.metrics()), rows.read(after.metrics()));
      report.add(
          rounds + " rounds, " + faults.size() + " faults",
          "undisturbed, before and after",
          "rounds/s",
          Pairs.once(seconds(limit, 0, rounds), seconds(measured, 0, rounds)).rates(rounds, rounds),
          Bar.atLeast(0.75));
      addCosts(report, faults, limit, measured);
      String digest = rows.read(hit.metrics()).get(rounds).digest();
      report.note("every row is that of both undisturbed runs; the last digest: " + digest);
    } catch (Deviation e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  static Job job(int rounds) throws IOException {
    return JobFile.parse(
        Resource.read(FaultsBenchmark.class, "faults.yaml"),
        "the benchmark's job",
        List.of("stop={rounds: " + rounds + "}"));
  }

  static Setup setup(Job job, Path folder, int faults) throws IOException {
    Setup setup = new Setup(job, folder, Optional.empty(), false, 1, WORKERS, faults, 0, PATIENCE);
    Files.createDirectories(folder);
    Files.writeString(setup.jobFile(), JobFile.write(job));
    return setup;
  }

  /** Spread evenly: in twenty, two of the server, and four workers that are stopped. */
  static List<Fault> faults(int rounds, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Fault(kind(i), rounds * (i + 1) / (count + 1)))
        .toList();
  }

  private static Kind kind(int i) {
    return i % 10 == 1 ? Kind.SERVER_KILLED : i % 5 == 2 ? Kind.WORKER_STOPPED : Kind.WORKER_KILLED;
  }

  private static double[] train(Setup setup, List<Fault> faults)
      throws IOException, InterruptedException, Deviation {
    try (FaultTeam team = new FaultTeam(setup)) {
      return team.train(faults);
    }
  }

  /** What the rounds from one fault to the next take longer than undisturbed. */
  private static void addCosts(
      Report report, List<Fault> faults, double[] limit, double[] measured) {
    for (Kind kind : Kind.values()) {
      double[] costs =
          IntStream.range(0, faults.size())
              .filter(i -> faults.get(i).kind() == kind)
              .mapToDouble(i -> cost(faults, i, limit, measured))
              .toArray();
      double[] most = DoubleStream.generate(() -> kind.most).limit(costs.length).toArray();
      String name = costs.length + " × " + kind.words;
      report.add(name, "what it may cost", "s", new Pairs(most, costs), Bar.atMost(1));
    }
  }

  private static double cost(List<Fault> faults, int i, double[] limit, double[] measured) {
    int from = faults.get(i).round();
    int to = i + 1 < faults.size() ? faults.get(i + 1).round() : limit.length - 1;
    return seconds(measured, from, to) - seconds(limit, from, to);
  }

  private static double seconds(double[] times, int from, int to) {
    return times[to] - times[from];
  }
}
