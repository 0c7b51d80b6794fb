package io.cordee.bench.kernel;

import io.cordee.bench.Benchmark.Size;
import io.cordee.bench.MadeUpImages;
import io.cordee.bench.Temporary;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.DataSource;
import io.cordee.worker.data.PartitionStore;
import io.cordee.worker.data.Partitions;
import io.cordee.worker.math.MatrixProduct;
import io.cordee.worker.model.Network;
import io.cordee.worker.model.Rows;
import io.cordee.worker.model.Sums;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.runner.RunnerException;

/**
 * The gradient of a 784-128-10 network over all rows, each thread taking whole partitions, beside
 * the five matrix products in it, of the same shapes by the same library.
 */
public class GradientBenchmark extends Turns {

  private static final int HIDDEN = 128;
  private static final int CLASSES = 10;
  private static final int PARTITIONS = 32;
  private static final int MICRO_BATCH = 1024;
  private static final long MEMORY = 512L << 20;

  @Param("")
  public String folder;

  private Job job;
  private float[] parameters;
  private List<Rows> partitions;
  private Worker[] workers;

  public static void run(Size size, Report report) throws IOException, RunnerException {
    int rows = size.choose(60_000, 320);
    try (Temporary folder = Temporary.folder()) {
      MadeUpImages.write(folder.path(), rows);
      Map<String, String> settings = Map.of("folder", folder.path().toString());
      report.add(
          "gradient over %,d rows".formatted(rows),
          "its matrix products",
          "ms",
          JmhRun.run(GradientBenchmark.class, settings, MEMORY, size).times(1e-6),
          Bar.atMost(1.25));
    }
  }

  /** What a thread owns. */
  private final class Worker {
    final Network network =
        Network.of(job.model(), job.compute(), MICRO_BATCH, job.stop().tolerance(), 1);
    final Sums sums = network.newSums();
    final Products products = new Products(MatrixProduct.of(job.compute()));
  }

  /**
   * The matrices of a micro-batch. What a product adds to is read by no other, so that sums grow by
   * the same amount each time, and far from an overflow.
   */
  private final class Products {
    final MatrixProduct product;
    final float[] x = new float[MICRO_BATCH * MadeUpImages.PIXELS];
    final float[] hidden = filled(MICRO_BATCH * HIDDEN);
    final float[] output = filled(MICRO_BATCH * CLASSES);
    final float[] hiddenSums = new float[MICRO_BATCH * HIDDEN];
    final float[] outputSums = new float[MICRO_BATCH * CLASSES];
    final float[] gradient = new float[parameters.length];

    Products(MatrixProduct product) {
      this.product = product;
      partitions.get(0).copyFeatures(0, Math.min(MICRO_BATCH, partitions.get(0).count()), x);
    }

    void run(int rows) {
      int pixels = MadeUpImages.PIXELS;
      int second = (pixels + 1) * HIDDEN; // where the second layer's weights begin
      product.addABt(rows, HIDDEN, pixels, x, 0, parameters, 0, hiddenSums, 0);
      product.addABt(rows, CLASSES, HIDDEN, hidden, 0, parameters, second, outputSums, 0);
      product.addAtB(CLASSES, HIDDEN, rows, output, 0, hidden, 0, gradient, second);
      product.addAB(rows, HIDDEN, CLASSES, output, 0, parameters, second, hiddenSums, 0);
      product.addAtB(HIDDEN, pixels, rows, hidden, 0, x, 0, gradient, 0);
    }
  }

  private static float[] filled(int length) {
    float[] values = new float[length];
    Arrays.fill(values, 1e-3f);
    return values;
  }

  private static Job job() {
    String yaml =
        "name: gradient\nmodel: {layers: [%d, %d, %d]}\npartitions: %d\nmicro_batch: %d\n%s"
            .formatted(
                MadeUpImages.PIXELS,
                HIDDEN,
                CLASSES,
                PARTITIONS,
                MICRO_BATCH,
                MadeUpImages.jobSection());
    return JobFile.parse(yaml, "the benchmark's job", List.of());
  }

  @Setup(Level.Trial)
  public void load(BenchmarkParams benchmark) throws IOException {
    job = job();
    parameters = InitialWeights.of(job.model());
    DataFolder files = new DataFolder(Path.of(folder), "");
    DataSource source = DataSource.open(job.data().train(), job.model(), files);
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
    Products products = workers[thread].products;
    for (Rows rows : partitions.subList(first, end)) {
      for (int from = 0; from < rows.count(); from += MICRO_BATCH) {
        products.run(Math.min(MICRO_BATCH, rows.count() - from));
      }
    }
  }

  @Override
  protected void kernel(int thread, int first, int end) {
    Worker worker = workers[thread];
    for (Rows rows : partitions.subList(first, end)) {
      worker.sums.clear();
      worker.network.accumulate(parameters, rows, worker.sums);
    }
  }
}
