package io.cordee.cli.team;

import io.cordee.cli.commandline.ExitCode;
import io.cordee.common.retry.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A member of the team by its name, whichever process it is now: one that crashes or is killed is
 * started again. Used by one thread.
 */
final class TeamProcess {

  @FunctionalInterface
  interface Starter {
    Process start() throws IOException;
  }

  /**
   * Whether a process that has died is started again, and when: at most {@value #IN_A_ROW} times in
   * a row without a finished round in between, with pauses that grow; one that runs out of memory,
   * which it would again, {@value #WITHOUT_MEMORY} time. After a life of {@value
   * #LONG_LIFE_SECONDS} seconds pauses are short again.
   */
  static final class Restarts {

    static final int IN_A_ROW = 5;
    private static final int WITHOUT_MEMORY = 1;
    private static final int LONG_LIFE_SECONDS = 10;
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Backoff backoff;
    private int inARow;
    private long lastProgress;

    Restarts(Backoff backoff) {
      this.backoff = backoff;
    }

    /**
     * @param progress grows with every round that is finished
     * @param life how long it has run
     * @return the pause before it is started again; empty if it is not
     */
    Optional<Duration> afterDeath(int code, long progress, Duration life) {
      if (progress > lastProgress) {
        inARow = 0;
      }
      lastProgress = Math.max(lastProgress, progress);
      if (life.toSeconds() >= LONG_LIFE_SECONDS) {
        backoff.reset();
      }
      inARow++;
      int most = code == ExitCode.OUT_OF_MEMORY ? WITHOUT_MEMORY : IN_A_ROW;
      return inARow <= most ? Optional.of(backoff.next()) : Optional.empty();
    }

    /** How often it has been started again without a finished round. */
    String inARow() {
      return inARow == 2 ? "a restart" : inARow - 1 + " restarts";
    }
  }

  private final String name;
  private final Starter starter;
  private final Restarts restarts =
      new Restarts(new Backoff(ThreadLocalRandom.current(), Restarts.LONGEST_PAUSE));
  private final RunProgress progress;
  private final Notices notices;

  private Process process;
  private long begun;

  /** When to restart it, if it has died. */
  private Optional<Long> due = Optional.empty();

  private boolean isGone;

  /** Why no other process could take its place; none if one could. */
  Optional<String> obstacle = Optional.empty();

  TeamProcess(String name, Starter starter, RunProgress progress, Notices notices)
      throws IOException {
    this.name = name;
    this.starter = starter;
    this.progress = progress;
    this.notices = notices;
    begin();
  }

  private void begin() throws IOException {
    process = starter.start();
    begun = System.nanoTime();
    due = Optional.empty();
  }

  /** The names of those that have ended for good. */
  static List<String> gone(List<TeamProcess> team) {
    return team.stream().filter(TeamProcess::isGone).map(each -> each.name).toList();
  }

  /** How many of them have ended for good, and the server does not know it. */
  static int lost(List<TeamProcess> team) {
    return (int)
        team.stream()
            .filter(each -> each.isGone && each.process.exitValue() != ExitCode.SENT_AWAY)
            .count();
  }

  Process process() {
    return process;
  }

  /** Whether no process runs and none is going to. */
  boolean isGone() {
    return isGone;
  }

  /** Whether it has ended as one does whose job is completed. */
  boolean hasCompleted() {
    return isGone && process.exitValue() == 0;
  }

  /** Looks after it: once it has died, it is restarted in due time. */
  void tend() throws IOException {
    if (due.isPresent() && System.nanoTime() - due.get() >= 0) {
      begin();
    } else if (due.isEmpty() && !isGone && !process.isAlive()) {
      ended(process.exitValue());
    }
  }

  /** Waits for it to end by itself, as the job has: it may have a last checkpoint to write. */
  void awaitFarewell(Duration patience) throws InterruptedException {
    process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void ended(int code) throws IOException {
    if (ExitCode.isChosen(code)) {
      // It was sent home, or has said why it cannot go on; that would be no different again.
      isGone = true;
      return;
    }
    String death = name + " has died (" + ExitCode.death(code) + ")";
    if (obstacle.isPresent()) {
      notices.warn(death + "; " + obstacle.get());
      isGone = true;
      return;
    }
    Duration life = Duration.ofNanos(System.nanoTime() - begun);
    Optional<Duration> pause = restarts.afterDeath(code, progress.lastRound(), life);
    if (pause.isPresent()) {
      notices.warn(death + "; restarting it");
      due = Optional.of(System.nanoTime() + pause.get().toNanos());
    } else {
      notices.warn(
          "%s, after %s without a finished round; giving up on it"
              .formatted(death, restarts.inARow()));
      isGone = true;
    }
  }
}
