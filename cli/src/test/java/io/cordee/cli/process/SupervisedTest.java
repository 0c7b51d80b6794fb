package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SupervisedTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration MOMENT = Duration.ofMillis(200);
  private static final String ENDLESS = "echo ready; while :; do sleep 0.05; done";
  private static final int KILLED = 128 + 9;
  private static final int TERMINATED = 128 + 15;

  private final Supervisor processes = new Supervisor(Duration.ZERO);

  @TempDir private Path folder;

  @AfterEach
  void killAll() {
    processes.close();
  }

  @Test
  void oneThatEndsHasItsExitCode() throws Exception {
    Supervised child = processes.child("child", script("exit 7")).start();
    expectEnd(7, child);
  }

  @Test
  void oneIsNotThereBeforeItIsStarted() throws Exception {
    Supervised child = processes.child("child", script("exit 7"));
    assertFalse(child.isAlive());
    assertTrue(child.awaitEnd(Duration.ZERO));
    child.end(PATIENCE);
    assertEquals(0, child.starts());
  }

  @Test
  void oneThatEndsIsStartedAgainIfThePolicySaysSoAndItsLogIsKept() throws Exception {
    Supervised child =
        processes
            .child(
                "child",
                script("echo again; exit 7"),
                ended -> ended.starts() < 3 ? Optional.of(Duration.ZERO) : Optional.empty())
            .start();
    tendUntilGone(child);
    assertEquals(3, child.starts());
    assertEquals(List.of("again", "again", "again"), Files.readAllLines(log()));
  }

  @Test
  void itsPolicyIsAskedOncePerProcess() throws Exception {
    int[] asked = {0};
    Supervised child =
        processes
            .child(
                "child",
                script("exit 7"),
                ended -> {
                  asked[0]++;
                  return Optional.empty();
                })
            .start();
    tendUntilGone(child);
    child.tend();
    assertEquals(1, asked[0]);
  }

  @Test
  void itIsNotStartedBeforeItsPauseIsOver() throws Exception {
    Supervised child =
        processes
            .child("child", script("exit 7"), ended -> Optional.of(Duration.ofHours(1)))
            .start();
    expectEnd(7, child);
    child.tend();
    child.tend();
    assertTrue(child.isDue());
    assertFalse(child.isGone());
    assertEquals(1, child.starts());
    child.restart(Duration.ZERO);
    child.tend();
    assertEquals(2, child.starts());
    assertFalse(child.isDue());
  }

  @Test
  void oneThatWasStartedAgainIsAwaitedAndNotEnded() throws Exception {
    Supervised child = ready(ENDLESS);
    child.kill();
    child.restart(Duration.ZERO);
    child.tend();
    assertFalse(child.awaitEnd(MOMENT));
    assertTrue(child.isAlive());
    assertFalse(child.isToldToEnd());
  }

  @Test
  void itMayEndByItselfWithinTheGrace() throws Exception {
    Supervised child = ready("trap 'exit 3' TERM; " + ENDLESS);
    child.end(PATIENCE);
    assertEquals(3, child.code());
    assertTrue(child.isToldToEnd());
  }

  @Test
  void afterTheGraceItIsKilled() throws Exception {
    Supervised child = ready("trap '' TERM; " + ENDLESS);
    child.end(MOMENT);
    expectEnd(KILLED, child);
  }

  @Test
  void withoutGraceItIsKilledAtOnce() throws Exception {
    Supervised child = ready("trap 'exit 3' TERM; " + ENDLESS);
    child.end(Duration.ZERO);
    expectEnd(KILLED, child);
  }

  @Test
  void oneThatIsKilledIsDead() throws Exception {
    Supervised child = ready(ENDLESS);
    child.kill();
    assertFalse(child.isAlive());
    assertEquals(KILLED, child.code());
    assertTrue(child.isToldToEnd());
  }

  @Test
  void oneThatIsPausedDoesNothingUntilItGoesOn() throws Exception {
    Supervised child = ready(ENDLESS);
    assertTrue(Signal.STOP.send(child.process().toHandle()));
    // The system may deliver two pending signals in either order.
    Path state = Path.of("/proc", Long.toString(child.process().pid()), "stat");
    Await.until(
        "it to stop", PATIENCE, () -> Files.readString(state).contains(") T "), child::name);
    child.terminate();
    assertFalse(child.awaitEnd(MOMENT));
    assertTrue(Signal.CONT.send(child.process().toHandle()));
    expectEnd(TERMINATED, child);
    assertFalse(Signal.CONT.send(child.process().toHandle()), "nobody is left");
  }

  @Test
  void itsLastWordsAreTheLastLineOfItsLog() throws Exception {
    Supervised child = processes.child("child", script("echo one; echo two >&2")).start();
    expectEnd(0, child);
    assertEquals("two", child.lastWords());
    Supervised silent =
        processes.child("silent", () -> new ProcessBuilder("sh", "-c", "exit 7")).start();
    assertEquals("it printed nothing", silent.lastWords());
  }

  @Test
  void itSaysWhereItListensAndIsToldToComeBackThere() throws Exception {
    Path file = folder.resolve("address");
    ServerAddress address = new ServerAddress("127.0.0.1", file);
    assertEquals(Optional.empty(), address.find());
    assertEquals(
        List.of("--listen", "127.0.0.1:0", "--announce", file.toString()), address.options());
    Supervised server =
        processes
            .child(
                "server", script("printf 127.0.0.1:7311 > address.part; mv address.part address"))
            .start();
    expectEnd(0, server);
    assertEquals(Optional.of("127.0.0.1:7311"), address.find());
    assertEquals(List.of("--listen", "127.0.0.1:7311"), address.options());
    ServerAddress.announce("127.0.0.1:1", file);
    assertEquals(Optional.of("127.0.0.1:7311"), address.find());
  }

  @Test
  void oneThatNeverListensHasNoAddress() throws Exception {
    ServerAddress address = new ServerAddress("127.0.0.1", folder.resolve("address"));
    expectEnd(2, processes.child("server", script("echo refused; exit 2")).start());
    assertEquals(Optional.empty(), address.find());
  }

  @Test
  void allEndTogetherTheLastOneFirst() throws Exception {
    try (Supervisor all = new Supervisor(PATIENCE)) {
      for (String name : List.of("server", "worker-1", "worker-2")) {
        String script = "trap 'echo " + name + " >> ended; exit' TERM; " + ENDLESS;
        Path log = folder.resolve(name);
        awaitReady(all.child(name, script(script, log)).start());
      }
    }
    assertEquals(
        List.of("worker-2", "worker-1", "server"), Files.readAllLines(folder.resolve("ended")));
  }

  @Test
  void noneBeginsAnyMoreOnceTheyEnd() throws Exception {
    Supervised due = ready(ENDLESS);
    due.kill();
    due.restart(Duration.ZERO);
    Supervised late = processes.child("late", script(ENDLESS));
    processes.startNoMore();
    assertThrows(InterruptedIOException.class, due::tend);
    assertThrows(InterruptedIOException.class, late::start);
    assertFalse(due.isAlive());
    assertFalse(late.isAlive());
  }

  private Path log() {
    return folder.resolve("log");
  }

  private Supervised.Command script(String script) {
    return script(script, log());
  }

  private Supervised.Command script(String script, Path log) {
    return () ->
        new ProcessBuilder("sh", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  /** Starts a child that says when its traps are set. */
  private Supervised ready(String script) throws IOException {
    return awaitReady(processes.child("child", script(script)).start());
  }

  private static Supervised awaitReady(Supervised child) {
    Await.until(child.name(), PATIENCE, () -> child.lastWords().equals("ready"), child::name);
    return child;
  }

  private static void tendUntilGone(Supervised child) {
    Await.until(
        "its end",
        PATIENCE,
        () -> {
          child.tend();
          return child.isGone();
        },
        child::name);
  }

  private static void expectEnd(int code, Supervised child) throws InterruptedException {
    assertTrue(child.awaitEnd(PATIENCE));
    assertEquals(code, child.code());
  }
}
