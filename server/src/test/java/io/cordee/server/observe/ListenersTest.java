package io.cordee.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Evaluated;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.server.observe.QueuedListener.WhenFull;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners that are stuck, fail or are done. */
@Timeout(60)
class ListenersTest {

  /** How long to wait for a terminal. */
  private static final Duration SHORT = Duration.ofMillis(100);

  private static final Duration LONG = Duration.ofSeconds(60);

  private static final Outcome DONE = Outcome.completed(9, Reason.ROUNDS);

  private static class Gated implements TrainingListener {
    final CountDownLatch gate = new CountDownLatch(1);
    final List<String> told = new ArrayList<>();

    private void add(String what) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      told.add(what);
    }

    @Override
    public void resumed(int version) {
      add("resumed " + version);
    }

    @Override
    public void warned(String warning) {
      add(warning);
    }

    @Override
    public void measured(Measurement measurement) {
      add("row " + measurement.round());
    }

    @Override
    public Outcome ended(
        Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
      add(outcome.message());
      return outcome;
    }
  }

  private static Measurement row(int round) {
    return Measurement.of(
        List.of(),
        round,
        new Tally(8, 4, 6, 0),
        new Evaluated(Optional.empty(), Optional.empty()),
        Optional.empty(),
        round,
        OptionalDouble.empty(),
        "");
  }

  private static Outcome end(TrainingListener listener) {
    return listener.ended(DONE, 9, "", Optional.empty());
  }

  @Test
  void aRowIsToldThoughNobodyWaitsForIt() throws InterruptedException {
    Semaphore told = new Semaphore(0);
    TrainingListener counts =
        new TrainingListener() {
          @Override
          public void measured(Measurement measurement) {
            told.release();
          }
        };
    try (Listeners all = new Listeners().addKeeping("rows", counts).addTelling("log", counts)) {
      for (int round = 0; round < 3; round++) {
        all.measured(row(round));
        told.acquire(2);
      }
    }
  }

  @Test
  void aListenerThatInterruptsItsThreadIsToldTheRest() throws InterruptedException {
    Semaphore told = new Semaphore(0);
    TrainingListener interrupts =
        new TrainingListener() {
          @Override
          public void measured(Measurement measurement) {
            told.release();
            Thread.currentThread().interrupt();
          }
        };
    try (Listeners all = new Listeners().addKeeping("rows", interrupts)) {
      for (int round = 0; round < 3; round++) {
        all.measured(row(round));
        told.acquire();
      }
    }
  }

  @Test
  void aTerminalThatNobodyReadsHoldsUpNobodyAndIsToldAllThatFits() {
    Gated terminal = new Gated();
    Gated rows = new Gated();
    rows.gate.countDown();
    try (Listeners all =
        new Listeners().addKeeping("rows", rows).addTelling("terminal", terminal)) {
      for (int round = 0; round < 5; round++) {
        all.measured(row(round));
      }
      assertEquals(DONE, end(all));
      assertEquals(6, rows.told.size(), "written before the workers are told of the end");
      terminal.gate.countDown();
    }
    assertEquals(
        List.of("row 0", "row 1", "row 2", "row 3", "row 4", DONE.message()), terminal.told);
    assertEquals(terminal.told, rows.told);
  }

  /** As by Ctrl-S. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aTerminalThatIsPausedAtTheEndIsGivenUpAndRowsAreNot() throws InterruptedException {
    Gated terminal = new Gated();
    Gated rows = new Gated();
    Listeners all = new Listeners(SHORT).addKeeping("rows", rows).addTelling("terminal", terminal);
    all.measured(row(0));
    Thread disk =
        new Thread(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(3 * SHORT.toMillis());
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              rows.gate.countDown();
            });
    disk.start();
    all.close();
    assertEquals(List.of("row 0"), rows.told);
    assertEquals(List.of(), terminal.told);
    disk.join();
  }

  @RepeatedTest(20)
  void whereTooMuchWaitsForPeopleRowsAreLeftOutBeforeLinesAndTheNewestStays() {
    Gated terminal = new Gated();
    QueuedListener queued = new QueuedListener("terminal", terminal, WhenFull.DROP, 4, LONG);
    queued.warned("first");
    for (int round = 0; round < 50; round++) {
      queued.measured(row(round));
    }
    queued.warned("last");
    end(queued);
    terminal.gate.countDown();
    queued.close();

    assertTrue(terminal.told.size() <= 6, terminal.told::toString);
    assertTrue(
        terminal.told.containsAll(List.of("first", "row 49", "last")), terminal.told::toString);
    assertEquals(DONE.message(), terminal.told.get(terminal.told.size() - 1));
  }

  @Test
  void aRowIsNeverLeftOutWhereRowsAreKept() throws Exception {
    Gated rows = new Gated();
    QueuedListener queued = new QueuedListener("rows", rows, WhenFull.WAIT, 4, LONG);
    AtomicBoolean isThrough = new AtomicBoolean();
    Thread training =
        new Thread(
            () -> {
              for (int round = 0; round < 50; round++) {
                queued.measured(row(round));
              }
              isThrough.set(true);
              end(queued);
            });
    training.start();
    while (training.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertFalse(isThrough.get(), "the round waits rather than memory grows");
    rows.gate.countDown();
    training.join();
    queued.close();

    assertEquals(51, rows.told.size());
    assertEquals("row 49", rows.told.get(49));
  }

  @Test
  void whoKeepsRowsIsWaitedForBeforeTheFirstRoundAndMayRefuse() {
    TrainingListener damaged =
        new TrainingListener() {
          @Override
          public void resumed(int version) {
            throw new IllegalStateException("damaged");
          }

          @Override
          public void started(int workers, int rounds) {
            throw new IllegalStateException("too few rounds");
          }
        };
    try (Listeners all = new Listeners().addKeeping("rows", damaged)) {
      Exception refusal = assertThrows(IllegalStateException.class, () -> all.resumed(3));
      assertEquals("damaged", refusal.getMessage());
      refusal = assertThrows(IllegalStateException.class, () -> all.started(1, 5));
      assertEquals("too few rounds", refusal.getMessage());
    }
  }

  private static final class Failing implements TrainingListener {
    Optional<Outcome> end = Optional.empty();

    @Override
    public void measured(Measurement measurement) {
      throw new IllegalStateException("cannot write");
    }

    @Override
    public Outcome ended(
        Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
      end = Optional.of(outcome);
      return outcome;
    }
  }

  @Test
  void aListenerThatFailsFailsTheNextRow() {
    Failing failing = new Failing();
    try (Listeners all = new Listeners().addKeeping("rows", failing)) {
      all.measured(row(0));
      all.drain();
      Exception failure = assertThrows(IllegalStateException.class, () -> all.measured(row(1)));
      assertEquals("cannot write", failure.getMessage());
      end(all);
    }
    assertEquals(Optional.of(DONE), failing.end, "the training knows, and says how the job ended");
  }

  /** As code in Scala or Kotlin throws, which declares nothing. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void soDoesOneThatThrowsWhatItDoesNotDeclare() {
    IOException undeclared = new IOException("cannot write");
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void measured(Measurement measurement) {
            ListenersTest.<RuntimeException>sneak(undeclared);
          }
        };
    try (Listeners all = new Listeners().addKeeping("rows", failing)) {
      all.measured(row(0));
      all.drain();
      Exception failure = assertThrows(IllegalStateException.class, () -> all.measured(row(1)));
      assertSame(undeclared, failure.getCause());
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneak(Throwable thrown) throws X {
    throw (X) thrown;
  }

  @Test
  void orTheJobWhereThatWasTheLastRow() {
    Failing failing = new Failing();
    try (Listeners all = new Listeners().addKeeping("rows", failing)) {
      all.measured(row(0));
      assertEquals(new Outcome.Failed("cannot write"), end(all));
    }
  }

  @Test
  void aCheckpointReplacesOthersOnlyWhenTheRowsBeforeItAreWritten() {
    Gated rows = new Gated();
    rows.gate.countDown();
    try (Listeners all = new Listeners().addKeeping("rows", rows)) {
      for (int round = 0; round < 100; round++) {
        all.measured(row(round));
      }
      all.kept(100);
      assertEquals(100, rows.told.size());
    }
  }

  @Test
  void threadsEndWithTheListeners() {
    Gated rows = new Gated();
    rows.gate.countDown();
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    TrainingListener noting =
        new TrainingListener() {
          @Override
          public void waiting(String reason) {
            threads.add(Thread.currentThread());
          }
        };
    try (Listeners all =
        new Listeners().addKeeping("rows", noting).addTelling("terminal", noting)) {
      all.waiting("for workers");
      all.drain();
    }
    assertEquals(
        List.of("rows", "terminal"), threads.stream().map(Thread::getName).sorted().toList());
    threads.forEach(thread -> assertFalse(thread.isAlive()));
  }
}
