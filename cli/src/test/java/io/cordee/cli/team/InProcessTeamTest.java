package io.cordee.cli.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobFile;
import io.cordee.server.Loopback;
import io.cordee.server.Watcher;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Traffic;
import io.cordee.server.run.RunFolder;
import io.cordee.server.serving.JobServer;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import io.cordee.worker.Worker;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class InProcessTeamTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int ENDLESS = 100_000_000;

  private final JobServer jobServer = new JobServer();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer: {name: nesterov}",
        "optimizer: {name: rprop}\ncompression: {check_every: 2}",
        "optimizer: {name: irprop+}",
        "optimizer: {name: newton, curvature: full}",
        "optimizer: {name: newton, curvature: diagonal}",
        "optimizer: {name: adam}\nbatch: 200"
      })
  void theDigestsAreThoseOfTheTeamOnSockets(String optimizer) throws Exception {
    String layers = optimizer.contains("full") ? "[64, 10]" : "[64, 16, 10]";
    int rounds = optimizer.contains("full") ? 2 : 8; // a Hessian of 650 parameters is slow
    Job job = digits(layers, optimizer, rounds);
    List<String> expected = onSockets(job);
    assertEquals(rounds + 1, new HashSet<>(expected).size(), "every round moves the weights");
    assertEquals(expected, inProcess(job, 1, 1, "one"));
    assertEquals(expected, inProcess(job, 3, 2, "three"));
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(strings = {"rprop", "adam"})
  void theyAreForVectorsOfSeveralChunksToo(String optimizer) throws Exception {
    Job job = digits("[64, 2000, 10]", "optimizer: {name: " + optimizer + "}", 6);
    assertEquals(onSockets(job), inProcess(job, 3, 1, "three"));
  }

  @Test
  void anAsynchronousTeamComesToItsEnd() throws Exception {
    Job job = digits("[64, 16, 10]", "optimizer: {name: adam}\nmode: async\nstaleness: 2", 8);
    assertEquals(8 + 1, inProcess(job, 3, 1, "async").size());
  }

  @Test
  void aRunGoesOnFromItsCheckpointToTheSameDigests() throws Exception {
    Job whole = digits("[64, 10]", "checkpoint: {every: 2}", 9);
    List<String> expected = inProcess(whole, 1, 1, "whole");
    inProcess(digits("[64, 10]", "checkpoint: {every: 2}", 5), 1, 1, "run");

    Watcher rest = new Watcher();
    try (RunFolder run = RunFolder.resume(folder.resolve("run"), whole, Found.NOTHING);
        Listeners all = new Listeners().addKeeping("rows", run).add(rest)) {
      Outcome outcome = team(whole, 2, 1).run(run, true, all, new Traffic());
      assertInstanceOf(Outcome.Completed.class, outcome, outcome::message);
    }
    assertTrue(rest.measured.size() < expected.size(), "it does not begin anew");
    assertEquals(
        expected.subList(expected.size() - rest.measured.size(), expected.size()), rest.digests());
  }

  @Test
  @Tag("slow")
  void manyTeamsLeaveNoThreadBehind() throws Exception {
    Job job = digits("[64, 10]", "", 2);
    inProcess(job, 3, 2, "first"); // gRPC and the kernels keep some threads for good
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    for (int run = 0; run < 30; run++) {
      inProcess(job, 3, 2, "run-" + run);
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!before.contains(thread) && !isOfTheTestRunner(thread)) {
        thread.join(PATIENCE.toMillis());
        assertFalse(thread.isAlive(), thread + " is still there");
      }
    }
  }

  /** JUnit's pool grows while one of its threads waits for the end of a job. */
  private static boolean isOfTheTestRunner(Thread thread) {
    return thread instanceof ForkJoinWorkerThread worker
        && worker.getPool() != ForkJoinPool.commonPool();
  }

  @Test
  void teamsCanRunBesideEachOther() throws Exception {
    Job job = digits("[64, 16, 10]", "optimizer: {name: rprop}", 8);
    List<String> expected = onSockets(job);
    ExecutorService runs = Executors.newFixedThreadPool(3);
    try {
      List<Future<List<String>>> results = new ArrayList<>();
      for (int run = 0; run < 6; run++) {
        String name = "run-" + run;
        results.add(runs.submit(() -> inProcess(job, 2, 1, name)));
      }
      for (Future<List<String>> result : results) {
        assertEquals(expected, result.get(60, TimeUnit.SECONDS));
      }
    } finally {
      runs.shutdownNow();
    }
  }

  @Test
  void whoIsInterruptedKeepsTheWeights() throws Exception {
    InProcessTeam team = team(digits("[64, 10]", "", ENDLESS), 2, 1);
    Outcome outcome =
        team.run(
            folder.resolve("run"),
            new TrainingListener() {
              @Override
              public void measured(Measurement measurement) {
                if (measurement.round() == 20) {
                  jobServer.stop("interrupted");
                }
              }
            });
    assertInstanceOf(Outcome.Interrupted.class, outcome, outcome::message);
    assertTrue(outcome.message().startsWith("interrupted after "), outcome::message);
    assertTrue(Files.exists(folder.resolve("run/model.safetensors")));
  }

  @Test
  void whoIsInterruptedBeforeItBeginsEndsAtOnce() throws Exception {
    InProcessTeam team = team(digits("[64, 10]", "", ENDLESS), 1, 1);
    jobServer.stop("interrupted");
    Outcome outcome = team.run(folder.resolve("run"), new Watcher());
    assertInstanceOf(Outcome.Interrupted.class, outcome, outcome::message);
    assertFalse(Files.exists(folder.resolve("run")), "nothing was trained");
  }

  @Test
  void aWorkerThatStillReadsIsNotWaitedFor() throws Exception {
    writeEndlessRows(folder.resolve("rows.csv.gz"));
    Job job =
        JobFile.parse(
            String.join(
                "\n",
                "name: endless",
                "model: {layers: [2, 1], output: sigmoid}",
                "data: {train: {format: csv, file: rows.csv.gz, header: false, label: 2}}"),
            "endless.yaml",
            List.of());
    InProcessTeam team = team(job, 1, 1);
    Outcome outcome =
        team.run(
            folder.resolve("run"),
            new TrainingListener() {
              @Override
              public void joined(WorkerId worker, int connected) {
                jobServer.stop("interrupted");
              }
            });
    assertInstanceOf(Outcome.Interrupted.class, outcome, outcome::message);
    assertFalse(Files.exists(folder.resolve("run/model.safetensors")), "nothing was trained");
    assertEquals(
        List.of(),
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.equals("worker-1"))
            .toList());
  }

  /** Twelve gigabytes in a small file: its rows cannot be counted within this test. */
  private static void writeEndlessRows(Path file) throws IOException {
    ByteArrayOutputStream member = new ByteArrayOutputStream();
    try (OutputStream packed = new GZIPOutputStream(member)) {
      packed.write("0,0,0\n".repeat(1_000_000).getBytes(StandardCharsets.US_ASCII));
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < 2000; i++) {
        member.writeTo(out);
      }
    }
  }

  @Test
  void aFileThatIsNotThereFailsTheJobAndIsNamed() throws Exception {
    Job job =
        JobFile.parse(
            String.join(
                "\n",
                "name: missing",
                "model: {layers: [2, 1], output: sigmoid}",
                "data: {train: {format: csv, file: nowhere.csv, label: y}}"),
            "missing.yaml",
            List.of());
    Outcome outcome = team(job, 2, 1).run(folder.resolve("run"), new Watcher());
    assertInstanceOf(Outcome.Failed.class, outcome, outcome::message);
    assertTrue(outcome.message().contains("nowhere.csv"), outcome::message);
    assertFalse(Files.exists(folder.resolve("run")), "nothing was trained");
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "model: {layers: [3, 4, 1], output: linear}\ndata: {train: {format: csv, file: rows.csv, targets: [y]}, split: {test: 0.2}, preprocess: standardize}",
        "model: {inputs: 6, layers: [4, 3]}\ndata: {train: {format: csv, file: rows.csv, label: y}, ids: {c: {dim: 2, rows: 6}, a: {dim: 3, hash: 7}}}",
        "model: {inputs: 6, layers: [4, 3]}\ndata: {train: {format: csv, file: rows.csv, label: y}, ids: {c: {dim: 2, rows: 6}, b: {dim: 1, split: '.', hash: 9}, a: {dim: 3, hash: 7}}}\nbatch: 20",
        "model: {layers: [3, 4, 2]}\ndata: {train: {format: idx, features: x.idx, labels: y.idx, scale: 9}}\nbatch: 20",
        "model: {layers: [90, 4, 2]}\ndata: {train: {format: libsvm, file: rows.svm}, split: {validation: 0.2}}",
        "model: {layers: [90, 4, 2], sparse: true}\ndata: {train: {format: libsvm, file: rows.svm}}",
        "model: {layers: [90, 4, 2], sparse: true}\ndata: {train: {format: libsvm, file: rows.svm}}\nbatch: 12"
      })
  void preparedRowsGiveTheDigestsOfRowsInMemory(String modelAndData) throws Exception {
    StringBuilder table = new StringBuilder("a,b,c,y\n");
    StringBuilder lists = new StringBuilder();
    byte[] images = new byte[3 * 60];
    byte[] labels = new byte[60];
    for (int row = 0; row < 60; row++) {
      table.append("%d,%d.5,-%d,%d\n".formatted(row, row * row, row % 5, row % 3));
      lists.append("%d %d:1.5 %d:%d\n".formatted(row % 2, 1 + row % 7, 20 + row, 1 + row % 4));
      images[3 * row + 1] = (byte) (190 + row);
      labels[row] = (byte) (row % 2);
    }
    Files.writeString(folder.resolve("rows.csv"), table);
    Files.writeString(folder.resolve("rows.svm"), lists);
    Files.write(folder.resolve("x.idx"), idx(images, 60, 3));
    Files.write(folder.resolve("y.idx"), idx(labels, 60));
    String text = "name: small\npartitions: 4\nstop: {rounds: 5}\n" + modelAndData;
    Job job = JobFile.parse(text, "small.yaml", List.of());
    List<String> inMemory = inProcess(job, 2, 1, "memory");
    assertEquals(6, inMemory.size());
    RowCache cache = new RowCache(folder.resolve("cache"), 0, line -> {}, true);
    for (String start : List.of("first", "second")) {
      Watcher watcher = new Watcher();
      InProcessTeam team =
          new InProcessTeam(job, 3, 1, folder, cache, Optional.empty(), new JobServer());
      Outcome outcome = team.run(folder.resolve(start), watcher);
      assertInstanceOf(Outcome.Completed.class, outcome, outcome::message);
      assertEquals(inMemory, watcher.digests(), start);
    }
    assertEquals(1, cache.entries().size());
  }

  private static byte[] idx(byte[] elements, int... shape) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + elements.length);
    file.put(new byte[] {0, 0, 8, (byte) shape.length});
    for (int size : shape) {
      file.putInt(size);
    }
    return file.put(elements).array();
  }

  private static Job digits(String layers, String rest, int rounds) {
    return JobFile.parse(
        String.join(
            "\n",
            "name: digits",
            "model: {layers: " + layers + "}",
            "data: digits",
            rest,
            "partitions: 8",
            "stop: {rounds: " + rounds + "}"),
        "digits.yaml",
        List.of());
  }

  private InProcessTeam team(Job job, int workers, int threads) {
    return new InProcessTeam(
        job, workers, threads, folder, RowCache.NONE, Optional.empty(), jobServer);
  }

  private List<String> inProcess(Job job, int workers, int threads, String run) throws Exception {
    Watcher watcher = new Watcher();
    Outcome outcome =
        new InProcessTeam(
                job, workers, threads, folder, RowCache.NONE, Optional.empty(), new JobServer())
            .run(folder.resolve(run), watcher);
    assertInstanceOf(Outcome.Completed.class, outcome, outcome::message);
    return watcher.digests();
  }

  /** One worker, over the loopback interface. */
  private static List<String> onSockets(Job job) throws Exception {
    Watcher watcher = new Watcher();
    try (ParameterServer server = Loopback.server(Loopback.lead(job, 1, 1, watcher));
        GrpcServerLink link = GrpcServerLink.open("127.0.0.1", server.port())) {
      assertTrue(
          new Worker(Connector.to(link), "worker", 1, List.of(Path.of("."))).run().completed());
      assertInstanceOf(Outcome.Completed.class, server.end().get(60, TimeUnit.SECONDS));
    }
    return watcher.digests();
  }
}
