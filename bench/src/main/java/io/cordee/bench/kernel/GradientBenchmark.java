package io.cordee.bench.kernel;

import io.cordee.bench.MadeUpImages;
import io.cordee.bench.Temporary;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.Mlp;
import io.cordee.function.Rows;
import io.cordee.function.Sums;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.DataSources;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionStore;
import io.cordee.worker.data.rows.Partitions;
import io.cordee.worker.model.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.runner.RunnerException;

/**
 * The gradient of a network over all rows, each thread taking whole partitions, beside OpenBLAS's
 * matrix products of the same shapes, alone: five for a network with one hidden layer.
 */
public class GradientBenchmark extends Kernel {

  /** A network and the rows that it is given. */
  private enum Kind {
    IMAGES("half zeros", List.of(28 * 28, 128, 10), 60_000, 0.5, 0.70),
    FULL_IMAGES("no zeros", List.of(28 * 28, 128, 10), 60_000, 0, 0.95),
    WIDE("no zeros", List.of(32 * 32, 1024, 1024, 10), 8_192, 0, 1.15),
    WIDE_PRODUCTS(PRODUCTS, List.of(32 * 32, 1024, 1024, 10), 8_192, 0, 1.10),
    WIDEST_PRODUCTS(PRODUCTS, List.of(32 * 32, 4096, 4096, 10), 4_096, 0, 1.10);

    final String rowsName;
    final List<Integer> layers;
    final int rows;
    final double zeros;
    final double bar;

    Kind(String rowsName, List<Integer> layers, int rows, double zeros, double bar) {
      this.rowsName = rowsName;
      this.layers = layers;
      this.rows = rows;
      this.zeros = zeros;
      this.bar = bar;
    }
  }

  static final String PRODUCTS = "products alone";
  private static final int PARTITIONS = 32;
  private static final int PRODUCT_ROWS = 1024; // as many as OpenBLAS likes best
  private static final long MEMORY = 2L << 30;

  @Param("")
  public String folder;

  @Param("")
  public String kind;

  private Job job;
  private float[] parameters;
  private List<Rows> partitions;
  private Worker[] workers;

  public static void run(Report report) throws IOException, RunnerException {
    for (Kind kind : Kind.values()) {
      int rows = report.choose(kind.rows, 320);
      try (Temporary folder = Temporary.folder()) {
        int side = (int) Math.sqrt(kind.layers.get(0));
        MadeUpImages.write(folder.path(), rows, side, kind.zeros);
        Map<String, String> settings =
            Map.of("folder", folder.path().toString(), "kind", kind.name());
        report.add(
            "%s, %,d rows, %s".formatted(layers(kind), rows, kind.rowsName),
            "OpenBLAS's products",
            "ms",
            run(GradientBenchmark.class, settings, MEMORY, report).times(1e-6),
            Bar.atMost(kind.bar));
      }
    }
    report.note("OpenBLAS is " + OpenBlas.arithmetic());
  }

  private static String layers(Kind kind) {
    return kind.layers.toString().replaceAll("[\\[\\] ]", "").replace(',', '-');
  }

  private List<Integer> layers() {
    return Kind.valueOf(kind).layers;
  }

  /** What a thread owns. */
  private final class Worker {
    final Network network =
        Network.of((Mlp) job.model(), Network.MICRO_BATCH, OptionalDouble.empty(), 1);
    final Sums sums = network.newSums();
    int round;
    final BlasGradient blas = new BlasGradient(layers(), PRODUCT_ROWS, parameters);
    final ExactGradient exact = new ExactGradient(layers(), PRODUCT_ROWS, parameters);
  }

  private static Job job(Kind kind) {
    String yaml =
        "name: gradient\nmodel: {layers: %s}\npartitions: %d\n%s"
            .formatted(kind.layers, PARTITIONS, MadeUpImages.jobSection());
    return JobFile.parse(yaml, "the benchmark's job", List.of());
  }

  @Setup(Level.Trial)
  public void load(BenchmarkParams benchmark) throws IOException {
    job = job(Kind.valueOf(kind));
    parameters = InitialWeights.of(job.model());
    DataFolder files = new DataFolder(Path.of(folder), "");
    DataSource source = DataSources.open(job.data().train(), job.model(), files);
    PartitionStore store = new PartitionStore(source, Partitions.of(source, job.partitions()));
    List<Integer> all = IntStream.range(0, job.partitions()).boxed().toList();
    partitions = List.copyOf(store.load(all).values()); // in their order
    workers = new Worker[benchmark.getThreads()];
    Arrays.setAll(workers, thread -> new Worker());
  }

  @Override
  protected int count() {
    return partitions.size();
  }

  @Override
  protected void limit(int thread, int first, int end) {
    products(first, end, workers[thread].blas::run);
  }

  @Override
  protected void kernel(int thread, int first, int end) {
    Worker worker = workers[thread];
    if (Kind.valueOf(kind).rowsName.equals(PRODUCTS)) {
      products(first, end, worker.exact::run);
      return;
    }
    worker.round++;
    for (Rows rows : partitions.subList(first, end)) {
      worker.sums.clear();
      worker.network.expect(worker.round);
      worker.network.accumulate(parameters, rows, worker.sums);
    }
  }

  /** For as many rows as these partitions have. */
  private void products(int first, int end, IntConsumer gradient) {
    int rows = partitions.subList(first, end).stream().mapToInt(Rows::count).sum();
    for (int from = 0; from < rows; from += PRODUCT_ROWS) {
      gradient.accept(Math.min(PRODUCT_ROWS, rows - from));
    }
  }
}
