package io.cordee;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.server.TestAuthority;
import io.cordee.server.TestAuthority.Issued;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServerTest {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final Stop NEVER = Stop.rounds(1_000_000_000);

  @TempDir Path folder;

  @Test
  void aTeamOfProcessesEndsWithTheBitsOfALocalOne() throws Exception {
    Job job = Line.job().optimizer("rprop").build();
    Result here;
    try (LocalTeam team = LocalTeam.of(job, 1, thread -> new Line())) {
      here = team.train();
    }
    Server.Options three = Server.Options.usual().withWorkers(3);
    try (Server server = Server.start(job, ANY_PORT, three)) {
      List<CompletableFuture<Void>> workers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        workers.add(work(server.address(), usual().withThreads(1 + i)));
      }
      Result there = server.await();
      assertArrayEquals(here.weights(), there.weights());
      assertEquals(here.digest(), there.digest());
      for (CompletableFuture<Void> worker : workers) {
        worker.get(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void roundsAreToldInOrder() throws Exception {
    List<Integer> rounds = new ArrayList<>();
    try (Server server = Server.start(Line.job().build(), ANY_PORT)) {
      CompletableFuture<Result> end =
          CompletableFuture.supplyAsync(
              () -> server.await(progress -> rounds.add(progress.round())));
      work(server.address(), usual());
      end.get(30, TimeUnit.SECONDS);
    }
    assertEquals(rounds.stream().sorted().toList(), rounds);
    assertEquals(30, rounds.get(rounds.size() - 1));
  }

  @Test
  void stoppedItReturnsTheWeightsSoFarAndWorkersAreTold() throws Exception {
    Job job = Line.job().optimizer("gd").stop(NEVER).build();
    try (Server server = Server.start(job, ANY_PORT)) {
      CompletableFuture<Void> worker = work(server.address(), usual());
      CountDownLatch underWay = new CountDownLatch(1);
      CompletableFuture<Result> end =
          CompletableFuture.supplyAsync(() -> server.await(progress -> underWay.countDown()));
      underWay.await();
      server.stop();
      assertTrue(end.get(10, TimeUnit.SECONDS).message().contains("stopped"));
      assertTrue(reason(worker).contains("stopped"), reason(worker));
    }
  }

  @Test
  void closedItTellsWorkers() throws Exception {
    CountDownLatch underWay = new CountDownLatch(1);
    CompletableFuture<Void> worker;
    try (Server server = Server.start(Line.job().optimizer("gd").stop(NEVER).build(), ANY_PORT)) {
      worker =
          CompletableFuture.runAsync(
              () ->
                  Worker.of(
                          server.address(),
                          thread -> {
                            underWay.countDown();
                            return new Line();
                          })
                      .run());
      underWay.await();
    }
    assertTrue(reason(worker).contains("closed before the job was over"), reason(worker));
  }

  @Test
  void closedByAListenerItThrowsAndTellsWorkers() throws Exception {
    Server server = Server.start(Line.job().optimizer("gd").stop(NEVER).build(), ANY_PORT);
    CompletableFuture<Void> worker = work(server.address(), usual());
    CordeeException e =
        assertThrows(CordeeException.class, () -> server.await(progress -> server.close()));
    assertEquals("the server was closed before the job was over", e.getMessage());
    assertTrue(reason(worker).contains("closed before the job was over"), reason(worker));
  }

  @Test
  @Timeout(15)
  void whatAListenerThrowsEndsTheJobWithoutLingering() throws Exception {
    Server.Options lingering = Server.Options.usual().withLinger(Duration.ofSeconds(20));
    try (Server server =
        Server.start(Line.job().optimizer("gd").stop(NEVER).build(), ANY_PORT, lingering)) {
      CompletableFuture<Void> worker = work(server.address(), usual());
      CordeeException e =
          assertThrows(
              CordeeException.class,
              () ->
                  server.await(
                      progress -> {
                        throw new IllegalStateException("no room");
                      }));
      assertInstanceOf(IllegalStateException.class, e.getCause());
      assertEquals("no room", e.getCause().getMessage());
      assertTrue(reason(worker).contains("the listener threw"), reason(worker));
    }
    try (Server server =
        Server.start(Line.job().optimizer("gd").stop(NEVER).build(), ANY_PORT, lingering)) {
      Thread.currentThread().interrupt();
      CordeeException e = assertThrows(CordeeException.class, server::await);
      assertTrue(Thread.interrupted());
      assertEquals("interrupted", e.getMessage());
    }
  }

  /** Serves a job that does not end, and prints the port. */
  static final class Serving {
    public static void main(String[] arguments) {
      Server server = Server.start(Line.job().optimizer("gd").stop(NEVER).build(), ANY_PORT);
      System.out.println(server.address().getPort());
      server.await();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aProcessThatIsEndedTellsWorkers() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                java.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Serving.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader output = process.inputReader()) {
      int port = Integer.parseInt(output.readLine());
      CountDownLatch underWay = new CountDownLatch(1);
      Worker worker =
          Worker.of(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              thread -> {
                underWay.countDown();
                return new Line();
              },
              usual());
      CompletableFuture<Void> end = CompletableFuture.runAsync(worker::run);
      underWay.await();
      process.destroy();
      assertTrue(reason(end).contains("the process of the server was ended"), reason(end));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aWorkerThatIsInterruptedLeavesAndAnotherDoesWhatItOwed() throws Exception {
    Job job = Line.job().optimizer("rprop").stop(Stop.rounds(300)).build();
    Result alone;
    try (LocalTeam team = LocalTeam.of(job, 1, thread -> new Line())) {
      alone = team.train();
    }
    try (Server server = Server.start(job, ANY_PORT)) {
      CountDownLatch underWay = new CountDownLatch(20);
      Thread leaving =
          new Thread(
              () ->
                  assertThrows(
                      CordeeException.class,
                      () ->
                          Worker.of(
                                  server.address(),
                                  thread ->
                                      new Line() {
                                        @Override
                                        protected float[] point(long row) {
                                          if (row == 3) {
                                            underWay.countDown();
                                          }
                                          return super.point(row);
                                        }
                                      },
                                  usual())
                              .run()));
      leaving.start();
      underWay.await();
      leaving.interrupt();
      leaving.join(10_000);
      work(server.address(), usual());
      assertEquals(alone.digest(), server.await().digest());
    }
  }

  @Test
  void aWorkerThatIsClosedLeavesAndItsThreadIsNotInterrupted() throws Exception {
    Job job = Line.job().optimizer("rprop").stop(Stop.rounds(300)).build();
    Result alone;
    try (LocalTeam team = LocalTeam.of(job, 1, thread -> new Line())) {
      alone = team.train();
    }
    try (Server server = Server.start(job, ANY_PORT)) {
      CountDownLatch underWay = new CountDownLatch(1);
      Worker leaving =
          Worker.of(
              server.address(),
              thread ->
                  new Line() {
                    @Override
                    protected float[] point(long row) {
                      underWay.countDown();
                      return super.point(row);
                    }
                  },
              usual());
      CompletableFuture<Boolean> isInterrupted =
          CompletableFuture.supplyAsync(
              () -> {
                CordeeException e = assertThrows(CordeeException.class, leaving::run);
                assertEquals("the worker was closed before the job was over", e.getMessage());
                return Thread.currentThread().isInterrupted();
              });
      underWay.await();
      leaving.close();
      leaving.close();
      assertEquals(false, isInterrupted.get(20, TimeUnit.SECONDS));
      assertEquals("the worker is closed; make another one", refusal(leaving::run));
      work(server.address(), usual());
      assertEquals(alone.digest(), server.await().digest());
    }
  }

  @Test
  void aWorkerThatLooksForItsServerCanBeClosed() throws Exception {
    InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    Worker worker = Worker.of(nobody, thread -> new Line(), usual());
    CompletableFuture<Void> end = CompletableFuture.runAsync(worker::run);
    worker.close();
    assertTrue(reason(end).contains("closed"), reason(end));
  }

  @Test
  void whatTheOnlyWorkersFunctionThrowsIsTheCauseThereAndItsMessageTheCauseHere() {
    IllegalStateException thrown = new IllegalStateException("no such point");
    Job job = Line.job().set("team.wait", 0).build();
    try (Server server = Server.start(job, ANY_PORT)) {
      Worker worker =
          Worker.of(
              server.address(),
              thread ->
                  new Line() {
                    @Override
                    protected float[] point(long row) {
                      throw thrown;
                    }
                  },
              usual().withName("w"));
      CordeeException there = assertThrows(CordeeException.class, worker::run);
      assertSame(thrown, there.getCause());
      CordeeException here = assertThrows(CordeeException.class, server::await);
      assertTrue(here.getMessage().contains("no worker is left"), here::getMessage);
      String cause = assertInstanceOf(CordeeException.class, here.getCause()).getMessage();
      assertTrue(cause.matches("w: round 1, partition \\d: .*no such point"), cause);
    }
  }

  @Test
  void aWorkerWithoutAServerSaysSo() {
    InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    Worker worker =
        Worker.of(nobody, thread -> new Line(), usual().withPatience(Duration.ofSeconds(1)));
    String message = assertThrows(CordeeException.class, worker::run).getMessage();
    assertTrue(message.contains("is the server running"), message);
  }

  @Test
  void twoServersDoNotShareAnAddress() {
    Job job = Line.job().build();
    try (Server server = Server.start(job, ANY_PORT)) {
      String message =
          assertThrows(CordeeException.class, () -> Server.start(job, server.address()))
              .getMessage();
      assertEquals(
          "cannot listen on localhost:%d: Address already in use"
              .formatted(server.address().getPort()),
          message);
    }
  }

  @Test
  void optionsThatCannotBeAreRefusedWhereTheyAreGiven() {
    Server.Options server = Server.Options.usual();
    assertEquals(
        "a server waits for at least 1 worker; found 0", refusal(() -> server.withWorkers(0)));
    assertEquals(
        "linger: expected a time of at least 0; found PT-2S",
        refusal(() -> server.withLinger(Duration.ofSeconds(-2))));
    assertEquals(
        "a worker needs at least 1 thread; found 0", refusal(() -> usual().withThreads(0)));
    assertEquals(
        "patience: expected at least a second; found PT0.999S",
        refusal(() -> usual().withPatience(Duration.ofMillis(999))));
  }

  private static String refusal(Executable call) {
    return assertThrows(CordeeException.class, call).getMessage();
  }

  // ---- security ----

  @Test
  void plainTextStaysOnTheLoopbackInterface() {
    InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 0);
    String message =
        assertThrows(CordeeException.class, () -> Server.start(Line.job().build(), everywhere))
            .getMessage();
    assertTrue(message.startsWith("0.0.0.0:0 is not a loopback address"), message);
    InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 7311);
    assertThrows(CordeeException.class, () -> Worker.of(elsewhere, thread -> new Line()));
    Server.Options open = Server.Options.usual().withSecurity(Security.plainText());
    Server.start(Line.job().build(), everywhere, open).close();
  }

  @Test
  void aTokenIsAskedFor() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef0123456789abcdef\n");
    Security shared = Security.loopback().token(token);
    Server.Options guarded = Server.Options.usual().withSecurity(shared);
    try (Server server = Server.start(Line.job().build(), ANY_PORT, guarded)) {
      String refusal = reason(work(server.address(), usual()));
      String advice = "give the token file that the server was started with";
      assertTrue(refusal.endsWith("this server requires a token; " + advice), refusal);
      work(server.address(), usual().withSecurity(shared));
      assertEquals(30, server.await().rounds());
    }
  }

  @Tag("slow")
  @Test
  void certificatesAreChecked() throws Exception {
    TestAuthority authority = TestAuthority.in(folder, "own");
    TestAuthority other = TestAuthority.in(folder, "other");
    Issued own = authority.issue("localhost", "127.0.0.1");
    Security security = Security.server(own.certificate(), own.key()).authority(authority.file());
    Server.Options guarded = Server.Options.usual().withSecurity(security);
    try (Server server = Server.start(Line.job().build(), ANY_PORT, guarded)) {
      reason(work(server.address(), usual()));
      reason(work(server.address(), usual().withSecurity(Security.worker(other.file()))));
      Security worker = Security.worker(authority.file()).certificate(own.certificate(), own.key());
      CompletableFuture<Void> let = work(server.address(), usual().withSecurity(worker));
      let.get(20, TimeUnit.SECONDS);
      assertEquals(30, server.await().rounds());
    }
  }

  @Test
  void certificatesAreOfTheRightSide() {
    Path file = folder.resolve("any.pem");
    assertEquals(
        "certificate needs Security.worker: the CA certificate to verify the server with",
        assertThrows(
                CordeeException.class,
                () ->
                    Worker.of(
                        ANY_PORT,
                        thread -> new Line(),
                        usual().withSecurity(Security.server(file, file))))
            .getMessage());
    Server.Options options = Server.Options.usual().withSecurity(Security.worker(file));
    assertEquals(
        "authority needs a certificate and a key (Security.server, Security.certificate) on a server",
        assertThrows(
                CordeeException.class, () -> Server.start(Line.job().build(), ANY_PORT, options))
            .getMessage());
  }

  @Test
  void filesThatCannotBeUsedAreNamed() {
    Path missing = folder.resolve("missing.pem");
    Server.Options options = Server.Options.usual().withSecurity(Security.server(missing, missing));
    assertEquals(
        "certificate " + missing + ": no such file",
        assertThrows(
                CordeeException.class, () -> Server.start(Line.job().build(), ANY_PORT, options))
            .getMessage());
  }

  private static Worker.Options usual() {
    return Worker.Options.usual().withThreads(1);
  }

  private static CompletableFuture<Void> work(InetSocketAddress address, Worker.Options options) {
    Worker worker = Worker.of(address, thread -> new Line(), options);
    return CompletableFuture.runAsync(worker::run, task -> new Thread(task, "a worker").start());
  }

  private static String reason(CompletableFuture<Void> worker) {
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> worker.get(20, TimeUnit.SECONDS));
    return assertInstanceOf(CordeeException.class, e.getCause()).getMessage();
  }
}
