package io.cordee.cli.team;

import io.cordee.cli.commandline.ExitCode;
import io.cordee.common.retry.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A member of the team by its name, whichever process it is now: one that crashes or is killed is
 * started again. Used by one thread.
 */
final class TeamProcess {

  /** Starts a process of it. */
  @FunctionalInterface
  interface Starter {
    Process start() throws IOException;
  }

  private final String name;
  private final Starter starter;
  private final Restarts restarts = new Restarts(new Backoff(ThreadLocalRandom.current()));
  private final RunProgress progress;
  private final Notices notices;

  private Process process;
  private long begun;

  /** When to restart it, if it has died. */
  private Optional<Long> due = Optional.empty();

  private boolean isGone;

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

  private void ended(int code) throws IOException {
    if (ExitCode.isChosen(code)) {
      // It was sent home, or has said why it cannot go on; that would be no different again.
      isGone = true;
      return;
    }
    Duration life = Duration.ofNanos(System.nanoTime() - begun);
    Optional<Duration> pause = restarts.afterDeath(progress.lastRound(), life);
    String death = name + " has died (" + ExitCode.death(code) + ")";
    if (pause.isPresent()) {
      notices.warn(death + "; restarting it");
      due = Optional.of(System.nanoTime() + pause.get().toNanos());
    } else {
      notices.warn(
          "%s, after %s restarts without a finished round; giving up on it"
              .formatted(death, Restarts.IN_A_ROW));
      isGone = true;
    }
  }
}
