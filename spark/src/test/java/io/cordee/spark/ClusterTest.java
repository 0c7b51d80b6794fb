package io.cordee.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With executors in processes of their own. */
@Timeout(240)
final class ClusterTest {

  private static final int ROUNDS = 400;

  @TempDir private static Path folder;

  private static String quiet;

  /** What the digest is where nothing happens, on one thread. */
  @BeforeAll
  static void trainQuietly() throws Exception {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    try (SparkSession spark = session("local[1]").getOrCreate()) {
      quiet = digest(spark, 1);
    }
  }

  static SparkSession.Builder session(String master) {
    String classes = System.getProperty("java.class.path");
    return SparkSession.builder()
        .master(master)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.executor.extraClassPath", classes)
        .config("spark.executor.memory", "512m")
        .config("spark.executor.cores", "1")
        .config("spark.cores.max", "2")
        .config("spark.executor.extraJavaOptions", "--add-modules=jdk.incubator.vector");
  }

  private static CordeeClassifier classifier() {
    return new CordeeClassifier()
        .setLayers(new int[] {6, 32, 3})
        .setRounds(ROUNDS)
        .setStagingDir(folder.resolve("staging").toString());
  }

  private static String digest(SparkSession spark, int workers) {
    return classifier()
        .setWorkers(workers)
        .fit(Frames.of(spark, Frames.clouds(2000, 1)).repartition(3))
        .digest();
  }

  @Test
  void twoExecutorsGiveTheBitsOfOneThread() throws Exception {
    try (SparkSession spark = session("local-cluster[2,1,1024]").getOrCreate()) {
      assertEquals(quiet, digest(spark, 2));
    }
  }

  @Test
  void aMachineThatDiesCostsNothingButTime() throws Exception {
    Path run = folder.resolve("run");
    try (StandaloneCluster cluster = new StandaloneCluster(folder.resolve("cluster"), 2, "1g");
        SparkSession spark = session(cluster.master()).getOrCreate()) {
      CompletableFuture<CordeeClassificationModel> fit =
          CompletableFuture.supplyAsync(
              () ->
                  classifier()
                      .setWorkers(2)
                      .setRunFolder(run.toString())
                      .fit(Frames.of(spark, Frames.clouds(2000, 1))));
      Path metrics = run.resolve("metrics.csv");
      while (!fit.isDone() && (!Files.exists(metrics) || Files.readAllLines(metrics).size() < 10)) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      cluster.kill(1);
      assertTrue(!fit.isDone(), "killed in the middle");
      assertEquals(quiet, fit.get().digest());
    }
  }
}
