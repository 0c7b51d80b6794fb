package io.cordee.bench.function;

import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Pairs;
import io.cordee.bench.report.Report;
import io.cordee.bench.report.Turns;
import io.cordee.experiment.run.Spread;
import io.cordee.function.FunctionContext;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Sums;
import io.cordee.worker.model.PerVersion;
import io.cordee.worker.process.FunctionProcesses;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Calls of a function process that computes nothing, each at parameters of another version, as
 * rounds are: how long one takes, and, of many parameters, how long beside the two copies that it
 * needs.
 */
public final class FunctionBenchmark implements AutoCloseable {

  private static final int FEW = 1_000;

  /** How long a call of few parameters may take. */
  private static final double MICROS = 100;

  private final FunctionProcesses processes;
  private final GradientFunction function;

  /** The folder that is shared with the process. */
  private final Path folder;

  private final float[] at;
  private final Sums sums;
  private final Rows row = new OneRow();
  private int version;

  /** A row of a feature and a target, both 0. */
  private record OneRow() implements Rows {

    @Override
    public int count() {
      return 1;
    }

    @Override
    public long index(int row) {
      return row;
    }

    @Override
    public int features() {
      return 1;
    }

    @Override
    public void copyFeatures(int from, int count, float[] into) {
      Arrays.fill(into, 0, count, 0);
    }

    @Override
    public void copyTargets(int from, int count, float[] into) {
      Arrays.fill(into, 0, count, 0);
    }

    @Override
    public boolean labelled() {
      return false;
    }
  }

  private FunctionBenchmark(int parameters) {
    Layout layout = Layout.builder().tensor("weight", parameters).build();
    FunctionContext job =
        new FunctionContext(layout, Map.of(), Optional.empty(), 1, 1, Optional.empty());
    processes = new FunctionProcesses(List.of("python3", baseline().toString()));
    folder = Path.of(processes.arithmetic(job));
    function = processes.create(job);
    at = new float[parameters];
    Arrays.fill(at, 1);
    sums = new Sums(parameters, 1);
  }

  /** Returns the program of the process, {@code bench/baselines/no_work.py}. */
  private static Path baseline() {
    URL classes = FunctionBenchmark.class.getProtectionDomain().getCodeSource().getLocation();
    return Path.of(URI.create(classes.toString()))
        .resolve(
            "../../baselines/no_work.py") // beside bench/target, which has the classes or a jar
        .normalize();
  }

  public static void run(Report report) throws IOException {
    try (FunctionBenchmark few = new FunctionBenchmark(FEW)) {
      few.addTrips(report);
    }
    int many = report.choose(10_000_000, 200_000);
    try (FunctionBenchmark of = new FunctionBenchmark(many)) {
      Turns turns = report.choose(new Turns(60, 15, 20), Turns.QUICK);
      Pairs pairs = turns.take(of.copies(), of::seconds).times(1e3);
      String name = "%s parameters, a call".formatted(Report.count(many));
      report.add(name, "two copies", "ms", pairs, Bar.atMost(1.1));
      report.note(
          "copies: parameters into a mapped file, a gradient out of it; in "
              + of.folder.getParent());
    }
  }

  private void addTrips(Report report) {
    int turns = report.choose(9, 2);
    int calls = report.choose(1_000, 5);
    micros(report.choose(10_000, 5));
    double[][] sorted = new double[turns][];
    for (int turn = 0; turn < turns; turn++) {
      sorted[turn] = micros(calls);
      Arrays.sort(sorted[turn]);
    }
    String of = Report.count(FEW) + " parameters, a call, ";
    add(report, of + "median", sorted, 0.5);
    add(report, of + "90th percentile", sorted, 0.9);
  }

  private static void add(Report report, String name, double[][] sorted, double share) {
    double[] allowed = new double[sorted.length];
    Arrays.fill(allowed, MICROS);
    double[] measured =
        Arrays.stream(sorted).mapToDouble(turn -> Spread.quantile(turn, share)).toArray();
    report.add(name, "what it may take", "µs", new Pairs(allowed, measured), Bar.atMost(1));
  }

  /** Returns how long each call took. */
  private double[] micros(int calls) {
    double[] micros = new double[calls];
    for (int i = 0; i < calls; i++) {
      micros[i] = 1e6 * seconds(1);
    }
    return micros;
  }

  /** Returns how long a call took, on average. */
  private double seconds(int calls) {
    long begin = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      if (function instanceof PerVersion again) {
        again.expect(version++);
      }
      function.accumulate(at, row, sums);
    }
    return (System.nanoTime() - begin) / 1e9 / calls;
  }

  /** Copies as a call needs them, in a file beside those of the process. */
  private Turns.Work copies() throws IOException {
    float[] gradient = sums.gradient();
    FloatBuffer into;
    FloatBuffer outOf;
    try (FileChannel file =
        FileChannel.open(
            folder.resolve("copies"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      into = mapped(file, 0);
      outOf = mapped(file, (long) Float.BYTES * gradient.length);
    }
    outOf.put(0, gradient); // its place in the file system is taken
    return rounds -> {
      long begin = System.nanoTime();
      for (int i = 0; i < rounds; i++) {
        into.put(0, at);
        outOf.get(0, gradient);
      }
      return (System.nanoTime() - begin) / 1e9 / rounds;
    };
  }

  private FloatBuffer mapped(FileChannel file, long from) throws IOException {
    return file.map(MapMode.READ_WRITE, from, (long) Float.BYTES * at.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer();
  }

  /** Ends the process, and removes all files. */
  @Override
  public void close() {
    function.close();
    processes.close();
  }
}
