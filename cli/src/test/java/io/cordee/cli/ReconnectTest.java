package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.server.Loopback;
import io.cordee.server.Watcher;
import io.cordee.server.grpc.Gate;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.worker.Worker;
import io.cordee.worker.grpc.ServerDial;
import io.cordee.worker.link.RetryingConnector;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ReconnectTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROUNDS = 40;
  private static final int ENDLESS = 1_000_000;

  private static final class Latched extends Watcher {
    final CountDownLatch threeRounds = new CountDownLatch(3);
    final CountDownLatch twoJoined = new CountDownLatch(2);
    volatile Runnable atRoundTen = () -> {};

    @Override
    public void measured(Measurement measurement) {
      super.measured(measurement);
      threeRounds.countDown();
      if (measurement.round() == 10) {
        atRoundTen.run();
      }
    }

    @Override
    public void joined(WorkerId worker, int connected) {
      super.joined(worker, connected);
      twoJoined.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "irprop+", "nesterov", "adam"})
  void workersGoOnWithAServerThatComesBackAndEndWithTheSameDigests(String optimizer)
      throws Exception {
    Latched before = new Latched();
    Latched after = new Latched();
    List<CompletableFuture<Worker.End>> team = new ArrayList<>();
    int port;
    try (ParameterServer server = server(0, job(optimizer, ENDLESS), 2, before)) {
      port = server.port();
      team.add(worker(port, "ann"));
      team.add(worker(port, "ben"));
      await(before.threeRounds);
    }
    try (ParameterServer server = server(port, job(optimizer, ENDLESS), 2, after)) {
      await(after.threeRounds);
      assertEquals(before.digests().subList(0, 3), after.digests().subList(0, 3));
      assertEquals(List.of("ann", "ben"), after.joined.stream().sorted().toList());
      assertEquals(2, team.stream().filter(end -> !end.isDone()).count());
      server.interrupt("enough");
      assertInstanceOf(Outcome.Interrupted.class, get(server.end()));
      for (CompletableFuture<Worker.End> end : team) {
        assertTrue(get(end).message().startsWith("enough"));
      }
    }
  }

  @Test
  void anotherJobIsServedAsWell() throws Exception {
    List<String> quiet = quietDigests("adam");
    Latched before = new Latched();
    Latched after = new Latched();
    CompletableFuture<Worker.End> ann;
    int port;
    try (ParameterServer server = server(0, job("rprop", ENDLESS), 1, before)) {
      port = server.port();
      ann = worker(port, "ann");
      await(before.threeRounds);
    }
    try (ParameterServer server = server(port, job("adam", ROUNDS), 1, after)) {
      assertTrue(get(ann).completed());
      assertInstanceOf(Outcome.Completed.class, get(server.end()));
    }
    assertEquals(quiet, after.digests());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "adam"})
  void aConnectionThatIsCutInMidJobLeavesNoTraceInTheDigests(String optimizer) throws Exception {
    List<String> quiet = quietDigests(optimizer);
    Latched watcher = new Latched();
    try (ParameterServer server = server(0, job(optimizer, ROUNDS), 1, watcher);
        Relay relay = Relay.to(server.port())) {
      watcher.atRoundTen = relay::cut;
      assertTrue(get(worker(relay.port(), "ann")).completed());
      assertInstanceOf(Outcome.Completed.class, get(server.end()));
    }
    assertEquals(quiet, watcher.digests());
    assertEquals(2, watcher.joined.size(), watcher.joined::toString);
    assertEquals(1, watcher.left.size(), watcher.left::toString);
  }

  /** The server takes the old stream for alive, and its worker for the holder of its leases. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"rprop", "adam"})
  void anOldStreamThatNobodySpeaksOnAnyMoreDoesNoHarmBesideTheNewOne(String optimizer)
      throws Exception {
    List<String> quiet = quietDigests(optimizer);
    Latched watcher = new Latched();
    try (ParameterServer server = server(0, job(optimizer, ROUNDS), 1, watcher);
        Relay relay = Relay.to(server.port())) {
      watcher.atRoundTen = relay::halve;
      CompletableFuture<Worker.End> ann = worker(relay.port(), "ann");
      await(watcher.twoJoined);
      relay.buryOld();
      assertTrue(get(ann).completed());
      assertInstanceOf(Outcome.Completed.class, get(server.end()));
    }
    assertEquals(quiet, watcher.digests());
    assertEquals(List.of("ann", "ann-2"), watcher.joined);
    assertEquals(List.of("ann"), watcher.left);
  }

  private static List<String> quietDigests(String optimizer) throws Exception {
    Watcher quiet = new Watcher();
    try (ParameterServer server = server(0, job(optimizer, ROUNDS), 1, quiet)) {
      assertTrue(get(worker(server.port(), "ann")).completed());
    }
    assertEquals(ROUNDS + 1, quiet.measured.size());
    return quiet.digests();
  }

  private static Job job(String optimizer, int rounds) {
    return JobFile.defaultJob(
        List.of(
            "model.layers=[64, 8, 10]",
            "optimizer={name: " + optimizer + "}",
            "partitions=8",
            "stop.rounds=" + rounds));
  }

  private static ParameterServer server(int port, Job job, int workers, Watcher watcher)
      throws Exception {
    var address = new InetSocketAddress("127.0.0.1", port);
    return ParameterServer.start(
        address, Gate.OPEN, Duration.ZERO, Loopback.lead(job, 1, workers, watcher));
  }

  private static CompletableFuture<Worker.End> worker(int port, String name) {
    var dial = new ServerDial(List.of(new HostAndPort("127.0.0.1", port)), Access.OPEN);
    Worker worker =
        new Worker(new RetryingConnector(dial, PATIENCE), name, 1, List.of(Path.of(".")));
    return CompletableFuture.supplyAsync(worker::run, task -> new Thread(task, name).start());
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertTrue(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
