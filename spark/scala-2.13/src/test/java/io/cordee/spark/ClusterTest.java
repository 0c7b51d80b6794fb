package io.cordee.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With executors in processes of their own. */
@Timeout(1200)
@Tag("cluster")
final class ClusterTest {

  private static final int ROUNDS = 100;

  /** So many that one can be killed between two checkpoints. */
  private static final int SOME_ROUNDS = 1000;

  /** So many that an executor can be started meanwhile. */
  private static final int MANY_ROUNDS = 3000;

  @TempDir private static Path folder;

  private static String quiet;
  private static String quietAfterMany;
  private static String quietAsPeers;

  /** What the digest is where nothing happens, on one thread. */
  @BeforeAll
  static void trainQuietly() throws Exception {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    try (SparkSession spark = session("local[1]").getOrCreate()) {
      quiet = digest(spark, 1);
      quietAfterMany = trained(spark, classifier().setWorkers(1).setRounds(MANY_ROUNDS));
      quietAsPeers = trained(spark, large().setWorkers(1));
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
        .config("spark.cores.max", "3");
  }

  private static CordeeClassifier classifier() {
    return new CordeeClassifier()
        .setLayers(new int[] {6, 32, 3})
        .setRounds(ROUNDS)
        .setStagingDir(folder.resolve("staging").toString());
  }

  /** With parameters enough for three shards. */
  private static CordeeClassifier large() {
    return classifier().setLayers(new int[] {6, 64, 64, 3}).setRounds(SOME_ROUNDS);
  }

  private static String digest(SparkSession spark, int workers) {
    return trained(spark, classifier().setWorkers(workers));
  }

  private static String trained(SparkSession spark, CordeeClassifier estimator) {
    return estimator.fit(Frames.of(spark, Frames.clouds(2000, 1)).repartition(3)).digest();
  }

  @Test
  void twoAndThreeExecutorsGiveTheBitsOfOneThread() throws Exception {
    try (SparkSession spark = session("local-cluster[3,1,1024]").getOrCreate()) {
      assertEquals(quiet, digest(spark, 2));
      assertEquals(quiet, digest(spark, 3));
    }
  }

  private static CordeeClassifier watched(Path run) {
    return classifier().setWorkers(2).setRunFolder(run.toString());
  }

  /** Until a training is in its tenth round, or some later one. */
  private static void awaitRounds(Path run, BooleanSupplier isOver) throws Exception {
    awaitRounds(run, 10, isOver);
  }

  private static void awaitRounds(Path run, int rounds, BooleanSupplier isOver) throws Exception {
    Path metrics = run.resolve("metrics.csv");
    while (!Files.exists(metrics) || Files.readAllLines(metrics).size() < rounds) {
      assertFalse(isOver.getAsBoolean(), "in the middle");
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** One after the other, as each needs the machines that the one before has left. */
  @Test
  void survivesWhatHappensOnAStandaloneCluster() throws Exception {
    try (StandaloneCluster cluster = new StandaloneCluster(folder.resolve("cluster"), 2, "1g")) {
      executorsMayComeAndGo(cluster);
      aDriverThatDiesLeavesNoExecutors(cluster);
      anEqualThatDiesComesBackWithItsShard(cluster);
      aMachineThatDiesCostsNothingButTime(cluster);
    }
  }

  private static void executorsMayComeAndGo(StandaloneCluster cluster) throws Exception {
    try (SparkSession spark =
        session(cluster.master())
            .config("spark.dynamicAllocation.enabled", "true")
            .config("spark.dynamicAllocation.shuffleTracking.enabled", "true")
            .config("spark.dynamicAllocation.initialExecutors", "0")
            .config("spark.dynamicAllocation.maxExecutors", "2")
            .config("spark.dynamicAllocation.executorIdleTimeout", "1s")
            .getOrCreate()) {
      assertEquals(quiet, digest(spark, 2));
    }
  }

  private static void aDriverThatDiesLeavesNoExecutors(StandaloneCluster cluster) throws Exception {
    Path run = folder.resolve("driver");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
    command.addAll(
        List.of(Driver.class.getName(), cluster.master(), run.toString(), folder.toString()));
    Process driver =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("driver.log").toFile())
            .start();
    try {
      awaitRounds(run, () -> !driver.isAlive());
    } finally {
      driver.destroyForcibly().waitFor();
    }
    while (cluster.executors() > 0) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Trains until it is killed. */
  static final class Driver {
    public static void main(String[] args) {
      folder = Path.of(args[2]);
      SparkSession spark = session(args[0]).getOrCreate();
      watched(Path.of(args[1])).setRounds(1_000_000).fit(Frames.of(spark, Frames.clouds(2000, 1)));
    }
  }

  private static void anEqualThatDiesComesBackWithItsShard(StandaloneCluster cluster)
      throws Exception {
    Path run = folder.resolve("peers");
    try (SparkSession spark = session(cluster.master()).getOrCreate()) {
      CompletableFuture<String> fit =
          CompletableFuture.supplyAsync(
              () -> {
                var peers = large().setWorkers(2).setPeers(true);
                var model =
                    peers
                        .setRunFolder(run.toString())
                        .fit(Frames.of(spark, Frames.clouds(2000, 1)).repartition(3));
                assertEquals(SOME_ROUNDS + 1, model.objectiveHistory().length);
                return model.digest();
              });
      awaitRounds(run, 200, fit::isDone);
      cluster.killExecutor(0);
      assertFalse(fit.isDone(), "an executor has died in the middle");
      assertEquals(quietAsPeers, fit.get());
    }
  }

  private static void aMachineThatDiesCostsNothingButTime(StandaloneCluster cluster)
      throws Exception {
    Path run = folder.resolve("run");
    CountDownLatch again = new CountDownLatch(1);
    try (SparkSession spark = session(cluster.master()).getOrCreate()) {
      spark
          .sparkContext()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onTaskStart(SparkListenerTaskStart start) {
                  if (start.taskInfo().attemptNumber() > 0) {
                    again.countDown();
                  }
                }
              });
      CompletableFuture<String> fit =
          CompletableFuture.supplyAsync(() -> trained(spark, watched(run).setRounds(MANY_ROUNDS)));
      awaitRounds(run, fit::isDone);
      cluster.killExecutor(0);
      again.await();
      assertFalse(
          fit.isDone(), "an executor has died in the middle, and its task is started again");
      cluster.kill(1);
      assertFalse(fit.isDone(), "and a machine");
      assertEquals(quietAfterMany, fit.get());
    }
  }
}
