package io.cordee.cli.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A child by its name, whichever process it is now: one that has ended may be started again. Used
 * by one thread, but for {@link #end}, {@link #terminate} and {@link #awaitEnd}.
 */
public final class Supervised {

  /** Makes the command of the next process; it may differ from that of the last one. */
  @FunctionalInterface
  public interface Command {
    ProcessBuilder next() throws IOException;
  }

  /** Decides about a child whose process has ended. */
  @FunctionalInterface
  public interface Policy {

    /** Returns the pause before it is started again; empty if it is not. */
    Optional<Duration> afterEnd(Supervised child) throws IOException;
  }

  private static final Duration DEATH = Duration.ofSeconds(60);

  private final Supervisor supervisor;
  private final String name;
  private final Command command;
  private final Policy policy;

  private volatile Optional<Process> process = Optional.empty();
  private volatile boolean isToldToEnd;
  private Optional<File> log = Optional.empty();
  private int starts;
  private long begun;

  /** When it is started again, if it is to be. */
  private Optional<Long> due = Optional.empty();

  private boolean isGone;

  Supervised(Supervisor supervisor, String name, Command command, Policy policy) {
    this.supervisor = supervisor;
    this.name = name;
    this.command = command;
    this.policy = policy;
  }

  /** Starts its first process, or another one in place of the last. */
  public Supervised start() throws IOException {
    supervisor.begin(this, command.next());
    return this;
  }

  void began(ProcessBuilder how, Process next) {
    log = Optional.ofNullable(how.redirectOutput().file());
    process = Optional.of(next);
    begun = System.nanoTime();
    starts++;
    due = Optional.empty();
    isGone = false;
    isToldToEnd = false;
  }

  /** Has it started again after a pause, by {@link #tend}. */
  public void restart(Duration pause) {
    due = Optional.of(System.nanoTime() + pause.toNanos());
  }

  /** Restarts a process that has ended, if the policy allows it and the pause has passed. */
  public void tend() throws IOException {
    if (due.isPresent()) {
      if (System.nanoTime() - due.get() >= 0) {
        start();
      }
    } else if (!isGone && !isAlive()) {
      policy.afterEnd(this).ifPresentOrElse(this::restart, () -> isGone = true);
    }
  }

  public String name() {
    return name;
  }

  /** Returns the process that it is now. */
  public Process process() {
    return process.orElseThrow();
  }

  public boolean isAlive() {
    return process.filter(Process::isAlive).isPresent();
  }

  /** Tells whether it is to be started in a while. */
  public boolean isDue() {
    return due.isPresent();
  }

  /** Tells whether no process runs and none is going to. */
  public boolean isGone() {
    return isGone;
  }

  /** Tells whether its process was killed or told to end from here. */
  public boolean isToldToEnd() {
    return isToldToEnd;
  }

  /** Returns the exit code of a process that has ended. */
  public int code() {
    return process().exitValue();
  }

  /** Counts its processes so far. */
  public int starts() {
    return starts;
  }

  /** Returns the time since its process was started. */
  public Duration life() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /** Returns whether its process has ended within this time, or there is none. */
  public boolean awaitEnd(Duration patience) throws InterruptedException {
    Optional<Process> now = process;
    return now.isEmpty() || now.get().waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Tells it to end, by SIGTERM. */
  public void terminate() {
    isToldToEnd = true;
    process.ifPresent(Process::destroy);
  }

  /** Tells it to end, and kills it if it has not after this time; at once if that is zero. */
  public void end(Duration grace) {
    isToldToEnd = true;
    try {
      if (!grace.isZero()) {
        terminate();
        awaitEnd(grace);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.ifPresent(Process::destroyForcibly);
  }

  /** Kills it; returns once it is dead. */
  public void kill() throws IOException, InterruptedException {
    isToldToEnd = true;
    process.ifPresent(Process::destroyForcibly);
    if (!awaitEnd(DEATH)) {
      throw new IOException(
          "%s was killed and is not dead after %s s; is the disk stuck?"
              .formatted(name, DEATH.toSeconds()));
    }
  }

  /** Returns the last line of its log, for people. */
  public String lastWords() throws IOException {
    List<String> lines =
        log.isPresent() && log.get().exists() ? Files.readAllLines(log.get().toPath()) : List.of();
    return lines.isEmpty() ? "it printed nothing" : lines.get(lines.size() - 1);
  }
}
