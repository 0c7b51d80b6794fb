package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import io.cordee.worker.Worker;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How far a lossy uplink keeps the promise of the same bits. */
@Timeout(120)
class UplinkTest {

  private static final class Watcher implements TrainingListener {
    final List<String> digests = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();

    @Override
    public void measured(Measurement measurement) {
      digests.add(measurement.digest());
    }

    @Override
    public void warned(String warning) {
      warnings.add(warning);
    }
  }

  @ParameterizedTest
  @CsvSource({"bfloat16, adam", "int8, adam", "int8, rprop", "int8, newton"})
  void aTeamOfThreeEndsEveryRoundWithTheDigestThatItHadTheLastTime(String uplink, String rule)
      throws Exception {
    Watcher first = train(uplink, rule, 3);
    assertEquals(9, first.digests.stream().distinct().count(), "every round moves the weights");
    assertEquals(first.digests, train(uplink, rule, 3).digests);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bfloat16", "int8"})
  void anotherTeamHasOtherDigests(String uplink) throws Exception {
    List<String> alone = train(uplink, "adam", 1).digests;
    List<String> three = train(uplink, "adam", 3).digests;
    assertEquals(alone.get(0), three.get(0), "the initial weights");
    for (int round = 1; round < alone.size(); round++) {
      assertNotEquals(alone.get(round), three.get(round));
    }
  }

  @Test
  void withFloatsAllTeamsHaveTheSameAndNobodyIsWarned() throws Exception {
    Watcher alone = train("float32", "adam", 1);
    assertEquals(alone.digests, train("float32", "adam", 3).digests);
    assertEquals(List.of(), alone.warnings);
  }

  @Test
  void whoAsksForLossyGradientsIsToldOnceWhatThatMeans() throws Exception {
    List<String> warnings = train("int8", "adam", 2).warnings;
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(
        warnings
            .get(0)
            .startsWith(
                "uplink int8 is lossy: digests are reproducible only with the same workers"),
        warnings::toString);
  }

  private static Watcher train(String uplink, String rule, int workers) throws Exception {
    Job job =
        JobFile.parse(
            String.join(
                "\n",
                "name: digits",
                "model: {layers: [64, 8, 10]}",
                "data: digits",
                "rule: {name: " + rule + "}",
                "partitions: 8",
                "uplink: " + uplink,
                "stop: {rounds: 8}"),
            "digits.yaml",
            List.of());
    Watcher watcher = new Watcher();
    var loopback = new InetSocketAddress("127.0.0.1", 0);
    var options = new ParameterServer.Options(loopback, workers, Duration.ZERO, 1);
    try (ParameterServer server = ParameterServer.start(job, options, watcher)) {
      List<CompletableFuture<Worker.End>> ends = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        String name = "worker-" + i;
        ends.add(
            CompletableFuture.supplyAsync(
                () -> work(server.port(), name), task -> new Thread(task, name).start()));
      }
      for (CompletableFuture<Worker.End> end : ends) {
        assertTrue(end.get(60, TimeUnit.SECONDS).completed());
      }
      assertInstanceOf(Outcome.Completed.class, server.end().get(60, TimeUnit.SECONDS));
    }
    return watcher;
  }

  private static Worker.End work(int port, String name) {
    try (GrpcServerLink link = GrpcServerLink.open("127.0.0.1", port)) {
      return new Worker(Connector.to(link), name, 1, List.of(Path.of("."))).run();
    }
  }
}
