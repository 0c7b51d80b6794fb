package io.cordee.server.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Does on many threads what {@link SimulatedCluster} does on one. */
@Timeout(120)
class TrainingThreadsTest {

  private static final int WORKERS = 3;
  private static final int ROUNDS = 100;

  @ParameterizedTest
  @ValueSource(strings = {"gd", "nesterov", "irprop+", "adam", "newton"})
  void contributionsFromManyThreadsEndWithTheDigestOfOneThread(String optimizer) throws Exception {
    assertEquals(
        onOneThread(job(optimizer)), onManyThreads(job(optimizer), WORKERS, cluster -> {}));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gd", "nesterov"})
  void workersThatComeAndGoMeanwhileDoNotShow(String optimizer) throws Exception {
    Consumer<ThreadedCluster> change =
        cluster -> {
          cluster.join();
          cluster.leaveFirst();
        };
    assertEquals(onOneThread(job(optimizer)), onManyThreads(job(optimizer), WORKERS, change));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gd", "nesterov", "adam"})
  void oneAsynchronousWorkerOnManyThreadsTakesTheSynchronousSteps(String optimizer)
      throws Exception {
    // Of one partition, so that each contribution is the whole batch.
    Job async = job(optimizer, "partitions=1", "mode=async", "staleness=2");
    assertEquals(
        onOneThread(job(optimizer, "partitions=1")), onManyThreads(async, 1, cluster -> {}));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gd", "nesterov", "adam"})
  void asynchronousWorkersMayComeAndGo(String optimizer) throws Exception {
    Consumer<ThreadedCluster> change =
        cluster -> {
          cluster.join();
          cluster.leaveFirst();
        };
    String digest = onManyThreads(job(optimizer, "mode=async", "staleness=2"), WORKERS, change);
    assertTrue(digest.matches("[0-9a-f]{16}"), digest);
  }

  private static String onOneThread(Job job) {
    SimulatedCluster cluster = new SimulatedCluster(job, 1, 0);
    cluster.join();
    cluster.run(10_000_000);
    return cluster.finalDigest;
  }

  private static String onManyThreads(Job job, int workers, Consumer<ThreadedCluster> eachRound)
      throws Exception {
    try (ThreadedCluster cluster = new ThreadedCluster(job, workers, eachRound)) {
      for (int i = 0; i < workers; i++) {
        cluster.join();
      }
      return cluster.digest().get(60, TimeUnit.SECONDS);
    }
  }

  /** Twelve chunks of 3 parameters. */
  private static Job job(String optimizer, String... more) {
    Stream<String> all =
        Stream.concat(
            Stream.of("compression.weights=floats", "model.layers=[8, 4]", "stop.rounds=" + ROUNDS),
            Stream.of(more));
    return SimulatedJob.job(optimizer, all.toArray(String[]::new));
  }
}
