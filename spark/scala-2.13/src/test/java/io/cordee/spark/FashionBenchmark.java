package io.cordee.spark;

import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.Activation;
import io.cordee.common.model.Init;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.DataSources;
import io.cordee.worker.data.rows.PartitionRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Fashion-MNIST, 784-128-10, on a standalone cluster of two executors with one core each: Cordee by
 * Rprop beside MLlib's multilayer perceptron by L-BFGS, by turns. bench/peers/spark.sh starts it.
 */
public final class FashionBenchmark {

  private static final int[] LAYERS = {784, 128, 10};
  private static final int FEW = 5;
  private static final int MANY = 25;
  private static final int LONG = 100;
  private static final int TURNS = 3;

  /** Rows that MLlib multiplies at a time; its fastest here. */
  private static final int BLOCK_SIZE = 1024;

  private FashionBenchmark() {}

  /**
   * @param args the folder of the data set
   */
  public static void main(String[] args) throws Exception {
    Path files = Path.of(args[0]);
    Path folder = Files.createTempDirectory("cordee-spark");
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    try (StandaloneCluster cluster = new StandaloneCluster(folder, 2, "3g");
        SparkSession spark =
            ClusterTest.session(cluster.master())
                .config("spark.executor.memory", "3g")
                .config("spark.executor.extraJavaOptions", "--add-modules=jdk.incubator.vector")
                .config("spark.sql.shuffle.partitions", "2")
                .getOrCreate()) {
      Dataset<Row> train = frame(spark, files, "train", folder);
      Dataset<Row> test = frame(spark, files, "t10k", folder);
      run(train, test, folder);
    }
  }

  private static Dataset<Row> frame(SparkSession spark, Path files, String part, Path folder) {
    ModelSpec model =
        new Mlp(
            Arrays.stream(LAYERS).boxed().toList(),
            Activation.TANH,
            Output.SOFTMAX,
            Loss.CROSS_ENTROPY,
            new Init(Init.Scheme.GLOROT, 1, 0),
            0);
    PartitionRows rows =
        DataSources.open(
                new SourceSpec.Idx(
                    part + "-images-idx3-ubyte.gz", part + "-labels-idx1-ubyte.gz", 255),
                model,
                new DataFolder(files, ""))
            .all();
    List<Row> all = new ArrayList<>();
    float[] features = new float[LAYERS[0]];
    float[] targets = new float[10];
    for (int row = 0; row < rows.count(); row++) {
      rows.copyFeatures(row, 1, features);
      rows.copyTargets(row, 1, targets);
      double[] exact = IntStream.range(0, features.length).mapToDouble(i -> features[i]).toArray();
      int label = IntStream.range(0, 10).filter(i -> targets[i] == 1).findFirst().orElseThrow();
      all.add(RowFactory.create((long) row, (double) label, Vectors.dense(exact)));
    }
    String parquet = folder.resolve(part + ".parquet").toString();
    // A piece at a time: a task is not to be larger than a message may be.
    for (int from = 0; from < all.size(); from += 10_000) {
      Frames.of(spark, all.subList(from, Math.min(all.size(), from + 10_000)))
          .repartition(2)
          .write()
          .mode("append")
          .parquet(parquet);
    }
    return spark.read().parquet(parquet).cache();
  }

  private static void run(Dataset<Row> train, Dataset<Row> test, Path folder) {
    train.count();
    test.count();
    CordeeClassifier cordee =
        new CordeeClassifier()
            .setLayers(LAYERS)
            .setStagingDir(folder.toString())
            .setSettings(new String[] {"rule.initial_step=0.1", "rule.max_step=0.1"});
    MultilayerPerceptronClassifier mllib =
        new MultilayerPerceptronClassifier()
            .setLayers(LAYERS)
            .setSeed(1)
            .setTol(0)
            .setBlockSize(BLOCK_SIZE);
    IntUnaryOperator byCordee =
        rounds -> {
          cordee.setRounds(rounds).fit(train);
          return rounds;
        };
    IntUnaryOperator byMllib =
        rounds -> mllib.setMaxIter(rounds).fit(train).summary().totalIterations();
    seconds(byCordee, FEW);
    seconds(byMllib, FEW);
    double[] ratios = new double[TURNS];
    for (int turn = 0; turn < TURNS; turn++) {
      double own = perRound(byCordee);
      double peer = perRound(byMllib);
      ratios[turn] = own / peer;
      print(
          "turn %d: Cordee %.3f s a round, MLlib %.3f s an iteration, ratio %.2f",
          turn + 1, own, peer, ratios[turn]);
    }
    Arrays.sort(ratios);
    print("median ratio %.2f (%.2f to %.2f)", ratios[TURNS / 2], ratios[0], ratios[TURNS - 1]);
    double own = accuracy(cordee.setRounds(LONG).fit(train), test);
    double peer = accuracy(mllib.setMaxIter(LONG).fit(train), test);
    print("test accuracy after %d: Cordee %.4f, MLlib %.4f", LONG, own, peer);

    Dataset<Row> few = train.limit(2000).cache();
    few.count();
    cordee.setRounds(40).fit(few);
    double[] fits = new double[5];
    for (int turn = 0; turn < fits.length; turn++) {
      long start = System.nanoTime();
      cordee.fit(few);
      fits[turn] = (System.nanoTime() - start) / 1e9;
    }
    Arrays.sort(fits);
    print("2,000 rows, 40 rounds, warm: %.2f s (%.2f to %.2f)", fits[2], fits[0], fits[4]);
  }

  /** What a longer training takes longer. */
  private static double perRound(IntUnaryOperator fit) {
    double[] few = seconds(fit, FEW);
    double[] many = seconds(fit, MANY);
    return (many[0] - few[0]) / (many[1] - few[1]);
  }

  /** Seconds, and rounds. */
  private static double[] seconds(IntUnaryOperator fit, int rounds) {
    long start = System.nanoTime();
    int done = fit.applyAsInt(rounds);
    return new double[] {(System.nanoTime() - start) / 1e9, done};
  }

  private static double accuracy(Model<?> model, Dataset<Row> rows) {
    return new MulticlassClassificationEvaluator()
        .setMetricName("accuracy")
        .evaluate(model.transform(rows));
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
