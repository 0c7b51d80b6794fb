package io.cordee.worker;

import static io.cordee.worker.link.FakeServer.next;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.reduce.Shard;
import io.cordee.proto.message.JobEnd;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ChunkSink.Content;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.FakeServer;
import io.cordee.worker.link.FakeServer.Sent;
import io.cordee.worker.link.GivenData;
import io.cordee.worker.link.Introduction;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.LostLinkException;
import io.cordee.worker.link.Says;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkerTest {

  private static final String JOB =
      String.join(
          "\n",
          "name: digits",
          "model: {layers: [64, 10]}",
          "data: digits",
          "partitions: 8",
          "compression: {weights: floats}");
  private static final int PARAMETERS = 650;

  private final FakeServer server = new FakeServer();

  @TempDir private Path folder;

  private Path data;

  @BeforeEach
  void makeDataFolder() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
  }

  @Test
  void doesWhatTheServerSaysUntilTheJobIsOver() throws Exception {
    CompletableFuture<Worker.End> end = start();
    server.say(Says.prepare(7, units(0, 8)));
    server.put(initialWeights(0));
    server.say(Says.evaluate(0, units(2, 5)));
    server.say(Says.lease(0, units(0, 8)));

    Sent sent = next(server.contributions);
    assertEquals(1, sent.node());
    assertEquals(0, sent.version());
    assertEquals(1437, sent.tally().rows());
    assertEquals(PARAMETERS, sent.gradient().length);
    Set<Integer> slices = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      slices.add(next(server.evaluations).getSlice());
    }
    assertEquals(Set.of(2, 3, 4), slices);

    server.say(Says.finished(JobEnd.COMPLETED, "completed after 1 round"));
    assertEquals(new Worker.End(JobEnd.COMPLETED, "completed after 1 round"), get(end));
    assertEquals(
        List.of("hello ann 2", "found 1437 training and 360 test rows", "prepared 7", "goodbye"),
        server.heard);
  }

  @Test
  void aTeamOfWorkersSendsTheSameBitsAsOne() throws Exception {
    CompletableFuture<Worker.End> end = start();
    server.say(Says.prepare(1, units(0, 8)));
    server.put(initialWeights(0));
    server.say(Says.lease(0, units(0, 8)));
    float[] whole = next(server.contributions).gradient();
    server.say(Says.lease(0, units(0, 4)));
    Sent left = next(server.contributions);
    server.say(Says.lease(0, units(4, 8)));
    Sent right = next(server.contributions);
    for (int i = 0; i < whole.length; i++) {
      assertEquals(whole[i], left.gradient()[i] + right.gradient()[i]);
    }
    finish(end);
  }

  @Test
  void aLeaseBeforeItsVectorIsComputedWhenTheVectorHasCome() throws Exception {
    CompletableFuture<Worker.End> end = start();
    server.say(Says.prepare(1, units(0, 8)));
    server.say(Says.lease(1, units(0, 8)));
    server.say(Says.evaluate(1, units(3, 4)));
    server.put(initialWeights(1));
    Sent sent = next(server.contributions);
    assertEquals(List.of(1, 1), List.of(sent.version(), sent.node()));
    assertEquals(1437, sent.tally().rows());
    assertEquals(3, next(server.evaluations).getSlice());
    finish(end);
    assertTrue(server.failures.isEmpty());
  }

  @Test
  void whatIsLeftOfARoundIsDroppedWhenTheNextIsLeased() throws Exception {
    CompletableFuture<Worker.End> end = start();
    server.say(Says.prepare(1, units(0, 8)));
    server.say(Says.lease(0, units(0, 8)));
    server.say(Says.lease(1, units(0, 4)));
    server.put(initialWeights(0));
    server.put(initialWeights(1));
    assertEquals(1, next(server.contributions).version());
    finish(end);
    assertTrue(server.contributions.isEmpty());
  }

  @Test
  void itsPulseIsFeltWhileItComputes() throws Exception {
    server.gate = new CompletableFuture<>();
    CompletableFuture<Worker.End> end = start();
    server.say(Says.prepare(1, units(0, 8)));
    server.put(initialWeights(0));
    server.say(Says.lease(0, units(0, 8)));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (server.heartbeats.get() < 2) {
      assertTrue(System.nanoTime() < deadline, "two heartbeats within 20 s");
      Thread.onSpinWait();
    }
    server.gate.complete(null);
    next(server.contributions);
    finish(end);
  }

  @Test
  void aVectorThatNeverComesIsNotWaitedForAtTheEnd() throws Exception {
    CompletableFuture<Worker.End> end = start();
    server.say(Says.prepare(1, units(0, 8)));
    server.say(Says.lease(5, units(0, 8)));
    finish(end);
    assertTrue(server.contributions.isEmpty());
  }

  @Test
  void aChunkOfAnotherLengthIsReported() throws Exception {
    CompletableFuture<Worker.End> end = start();
    server.put(new Chunk(0, 0, 1, new Content.LookaheadPoint(), GivenData.bytes(4)));
    assertTrue(next(server.failures).contains("chunk 0 has 1024 bytes; found 4"));
    finish(end);
  }

  @Test
  void aPartitionThatDoesNotExistIsReported() throws Exception {
    CompletableFuture<Worker.End> end = start();
    server.say(Says.prepare(1, units(8, 9)));
    assertTrue(next(server.failures).contains("8"));
    finish(end);
  }

  @Test
  void dataThatAreNotThereAreReportedAndTheWorkerEndsWhenTold() throws Exception {
    server.say(Says.welcome("ann", JOB.replace("data: digits", CSV), Shard.WHOLE, List.of()));
    CompletableFuture<Worker.End> end = run();
    String failure = next(server.failures);
    assertTrue(failure.contains("train.csv") && failure.contains("not found"), failure);
    // Sent before the server knew of the failure.
    server.say(Says.prepare(1, units(0, 8)));
    server.say(Says.finished(JobEnd.FAILED, "ann: " + failure));
    assertEquals(new Worker.End(JobEnd.FAILED, "ann: " + failure), get(end));
    assertEquals(List.of("hello ann 2", "failure", "goodbye"), server.heard);
  }

  @Test
  void aServerCannotHaveAWorkerOpenAFileOutsideOfItsDataFolder() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("private"));
    Path secret = Files.write(outside.resolve("train.csv"), List.of("s3cret,1"));
    Files.createSymbolicLink(data.resolve("link.csv"), secret);
    Files.createSymbolicLink(data.resolve("links"), outside);
    for (String hostile :
        List.of(
            secret.toString(),
            secret + "-that-is-not-there",
            "../private/train.csv",
            "x/../../private/train.csv",
            "link.csv",
            "links/train.csv",
            "/etc/passwd",
            "/dev/zero")) {
      FakeServer server = greeting(named(hostile, ""));
      CompletableFuture<Worker.End> end = run(Connector.to(server));
      String failure = next(server.failures);
      assertTrue(
          failure.startsWith("the job asks for the data file " + hostile + ", which is outside"),
          failure);
      assertTrue(failure.contains("--data"), failure);
      finish(server, end);
    }
    FakeServer server = greeting(named("train.csv", "../private"));
    CompletableFuture<Worker.End> end = run(Connector.to(server));
    String failure = next(server.failures);
    assertTrue(failure.contains("outside") || failure.contains("not found"), failure);
    finish(server, end);
  }

  @Test
  void aServerIsToldWhereARowIsWrongAndNotWhatIsThere() throws Exception {
    List<String> features = Collections.nCopies(64, "0");
    String row = String.join(",", features);
    for (String broken :
        List.of("s3cret," + row, "1,s3cret" + row.substring(1), "s3cret", "1;s3cret")) {
      Files.write(data.resolve("train.csv"), Collections.nCopies(8, broken));
      FakeServer server = greeting(named("train.csv", ""));
      CompletableFuture<Worker.End> end = run(Connector.to(server));
      server.say(Says.prepare(1, units(0, 1)));
      String failure = next(server.failures);
      assertTrue(failure.contains("train.csv"), failure);
      assertFalse(failure.contains("s3cret"), failure);
      finish(server, end);
    }
  }

  private static String named(String file, String in) {
    return JOB.replace(
        "data: digits",
        CSV.replace("train.csv", '"' + file + '"')
            .replace("data: {", "data: {folder: '" + in + "', "));
  }

  private static final String CSV =
      "data: {train: {format: csv, file: train.csv, header: false, label: 0}}";

  @Test
  void aJobThatThisVersionDoesNotUnderstandIsReported() throws Exception {
    server.say(Says.welcome("ann", JOB + "\nmomentous: 1", Shard.WHOLE, List.of()));
    CompletableFuture<Worker.End> end = run();
    assertTrue(next(server.failures).contains("momentous"));
    finish(end);
  }

  @Test
  void aConnectionThatIsLostEndsTheWorkerWithTheReason() {
    CompletableFuture<Worker.End> end = start();
    server.loseConnection();
    assertEquals("the connection is lost", linkFailure(end));
  }

  @Test
  void aConnectionThatIsLostAfterAFailureEndsTheWorkerToo() {
    server.say(Says.welcome("ann", "no job", Shard.WHOLE, List.of()));
    CompletableFuture<Worker.End> end = run();
    next(server.failures);
    server.loseConnection();
    assertEquals("the connection is lost", linkFailure(end));
  }

  @Test
  void aServerThatDoesNotGreetIsNone() {
    server.say(Says.lease(0, units(0, 1)));
    assertTrue(linkFailure(run()).contains("did not answer hello"));
  }

  @Test
  void aServerThatGreetsTwiceIsNone() {
    CompletableFuture<Worker.End> end = start();
    server.say(Says.welcome("ben", JOB, Shard.WHOLE, List.of()));
    assertTrue(linkFailure(end).contains("the server sent a welcome"));
  }

  @Test
  void theEndIsNotWaitedForByWhatIsStillComputed() throws Exception {
    server.gate = new CompletableFuture<>();
    CompletableFuture<Worker.End> end = start();
    server.say(Says.prepare(1, units(0, 8)));
    server.put(initialWeights(0));
    server.say(Says.lease(0, units(0, 8)));
    server.say(Says.evaluate(0, units(0, 1)));
    finish(end);
    server.gate.complete(null);
  }

  // ---- after a connection was lost ----

  @Test
  void itGoesOnWithAnotherConnectionUnderTheSameName() throws Exception {
    FakeServer second = greeting(JOB);
    CompletableFuture<Worker.End> end = startAndGoOnWith(second);
    server.say(Says.prepare(3, units(0, 8)));
    server.put(initialWeights(0));
    server.say(Says.lease(0, units(0, 8)));
    float[] sums = next(server.contributions).gradient();
    server.loseConnection();

    second.say(Says.prepare(1, units(0, 8)));
    second.put(initialWeights(0));
    second.say(Says.lease(0, units(0, 8)));
    assertArrayEquals(sums, next(second.contributions).gradient());
    second.say(Says.finished(JobEnd.COMPLETED, "over"));
    assertEquals(new Worker.End(JobEnd.COMPLETED, "over"), get(end));
    assertEquals(
        List.of("hello ann 2", "found 1437 training and 360 test rows", "prepared 1", "goodbye"),
        second.heard);
    assertTrue(server.isClosed && second.isClosed);
  }

  @Test
  void whatWaitedForTheOldConnectionIsForgotten() throws Exception {
    FakeServer second = greeting(JOB);
    CompletableFuture<Worker.End> end = startAndGoOnWith(second);
    server.say(Says.prepare(1, units(0, 8)));
    server.say(Says.lease(1, units(0, 8)));
    server.say(Says.evaluate(1, units(0, 8)));
    server.loseConnection();

    second.say(Says.prepare(1, units(0, 8)));
    second.put(initialWeights(1));
    second.say(Says.lease(1, units(4, 8)));
    assertEquals(3, next(second.contributions).node(), "its own lease, and not that of before");
    second.say(Says.finished(JobEnd.COMPLETED, "over"));
    get(end);
    assertTrue(second.contributions.isEmpty() && second.evaluations.isEmpty());
  }

  @Test
  void whatIsStillComputedForTheOldConnectionIsNotSaidOnTheNew() throws Exception {
    server.gate = new CompletableFuture<>();
    FakeServer second = greeting(JOB);
    CompletableFuture<Worker.End> end = startAndGoOnWith(second);
    server.say(Says.prepare(1, units(0, 8)));
    server.put(initialWeights(0));
    server.say(Says.lease(0, units(0, 8)));
    server.loseConnection();

    second.say(Says.prepare(1, units(0, 8)));
    second.put(initialWeights(5));
    second.say(Says.lease(5, units(0, 8)));
    assertEquals(5, next(second.contributions).version());
    server.gate.complete(null);
    second.say(Says.finished(JobEnd.COMPLETED, "over"));
    get(end);
    assertTrue(second.contributions.isEmpty());
    assertTrue(second.failures.isEmpty());
  }

  @Test
  void rowsOfTheSameJobAreKeptAndNotReadAgain() throws Exception {
    String job = JOB.replace("data: digits", CSV).replace("[64, 10]", "[1, 2]");
    writeRows("0,1", "1,2", "0,3", "1,4", "0,5", "1,6", "0,7", "1,8");
    server.say(Says.welcome("ann", job, Shard.WHOLE, List.of()));
    FakeServer second = greeting(job);
    CompletableFuture<Worker.End> end = run(goOnWith(second));
    server.say(Says.prepare(1, units(0, 8)));
    server.put(zeros());
    server.say(Says.lease(0, units(0, 8)));
    float[] sums = next(server.contributions).gradient();
    Files.delete(data.resolve("train.csv"));
    server.loseConnection();

    second.say(Says.prepare(1, units(0, 8)));
    second.put(zeros());
    second.say(Says.lease(0, units(0, 8)));
    assertArrayEquals(sums, next(second.contributions).gradient());
    second.say(Says.finished(JobEnd.COMPLETED, "over"));
    assertEquals(new Worker.End(JobEnd.COMPLETED, "over"), get(end));
    assertTrue(second.heard.contains("found 8 training and 0 test rows"), second.heard::toString);
    assertTrue(second.heard.contains("prepared 1"), second.heard::toString);
  }

  @Test
  void anotherJobIsBegunAfresh() throws Exception {
    FakeServer second = greeting(JOB.replace("partitions: 8", "partitions: 4"));
    CompletableFuture<Worker.End> end = startAndGoOnWith(second);
    server.say(Says.prepare(1, units(0, 8)));
    server.loseConnection();
    second.say(Says.prepare(1, units(0, 4)));
    second.put(initialWeights(0));
    second.say(Says.lease(0, units(0, 4)));
    Sent sent = next(second.contributions);
    assertEquals(List.of(1, 1437L), List.of(sent.node(), sent.tally().rows()));
    second.say(Says.finished(JobEnd.COMPLETED, "over"));
    get(end);
  }

  @Test
  void whoCannotGoOnDoesNotComeBack() throws Exception {
    FakeServer second = greeting(JOB);
    server.say(Says.welcome("ann", "no job", Shard.WHOLE, List.of()));
    CompletableFuture<Worker.End> end = run(goOnWith(second));
    next(server.failures);
    server.loseConnection();
    assertEquals("the connection is lost", linkFailure(end));
    assertEquals(List.of(), second.heard);
  }

  private static FakeServer greeting(String job) {
    FakeServer second = new FakeServer();
    second.say(Says.welcome("ann", job, Shard.WHOLE, List.of()));
    return second;
  }

  private CompletableFuture<Worker.End> startAndGoOnWith(FakeServer second) {
    server.say(Says.welcome("ann", JOB, Shard.WHOLE, List.of()));
    return run(goOnWith(second));
  }

  private Connector goOnWith(FakeServer second) {
    return new Connector() {
      @Override
      public Connection connect(Introduction me) {
        return Connection.greet(server, me);
      }

      @Override
      public Connection reconnect(Introduction me, LostLinkException why) {
        return Connection.greet(second, me);
      }
    };
  }

  private static Chunk zeros() {
    return new Chunk(0, 0, 1, new Content.LookaheadPoint(), GivenData.floats(new float[4]));
  }

  private void writeRows(String... rows) throws IOException {
    Files.write(data.resolve("train.csv"), List.of(rows));
  }

  private CompletableFuture<Worker.End> start() {
    server.say(Says.welcome("ann", JOB, Shard.WHOLE, List.of()));
    return run();
  }

  private CompletableFuture<Worker.End> run() {
    return run(Connector.to(server));
  }

  private CompletableFuture<Worker.End> run(Connector connector) {
    CompletableFuture<Worker.End> end = new CompletableFuture<>();
    Worker worker = new Worker(connector, "ann", 2, List.of(data));
    Thread thread =
        new Thread(
            () -> {
              try {
                end.complete(worker.run());
              } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
              }
            },
            "worker");
    thread.setDaemon(true);
    thread.start();
    return end;
  }

  private void finish(CompletableFuture<Worker.End> end) throws Exception {
    finish(server, end);
  }

  private static void finish(FakeServer server, CompletableFuture<Worker.End> end)
      throws Exception {
    server.say(Says.finished(JobEnd.FAILED, "over"));
    assertEquals(new Worker.End(JobEnd.FAILED, "over"), get(end));
    assertEquals("goodbye", server.heard.get(server.heard.size() - 1));
  }

  private static String linkFailure(CompletableFuture<Worker.End> end) {
    Exception failure = assertThrows(Exception.class, () -> get(end));
    assertInstanceOf(LinkException.class, failure.getCause());
    return failure.getCause().getMessage();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private static Chunk initialWeights(int version) {
    Job job = JobFile.parse(JOB, "job.yaml", List.of());
    return new Chunk(
        version,
        0,
        3,
        new Content.LookaheadPoint(),
        GivenData.floats(InitialWeights.of(job.model())));
  }

  private static BitSet units(int from, int to) {
    BitSet set = new BitSet();
    set.set(from, to);
    return set;
  }
}
