package io.cordee.bench.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of the team by its name, whichever it is now. Used by one thread. */
final class Member {

  /** Starts a process of it. */
  @FunctionalInterface
  interface Starter {
    Process start() throws IOException;
  }

  private static final Duration DEATH = Duration.ofSeconds(60);

  private final String name;
  private final Path log;
  private final Starter starter;

  private Process process;
  private int starts;

  /** Whether an event has ended this process, or told it to end. */
  private boolean isHit;

  /** Whether to restart it, and when. */
  private boolean isDue;

  private long due;

  Member(String name, Path log, Starter starter) throws IOException {
    this.name = name;
    this.log = log;
    this.starter = starter;
    start();
  }

  private void start() throws IOException {
    process = starter.start();
    starts++;
    isHit = false;
    isDue = false;
  }

  String name() {
    return name;
  }

  Process process() {
    return process;
  }

  int starts() {
    return starts;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether an event has ended this process, or told it to end. */
  boolean isHit() {
    return isHit;
  }

  boolean isDue() {
    return isDue;
  }

  /** Kills it, and waits until it is dead. */
  void kill() throws InterruptedException, Deviation {
    isHit = true;
    process.destroyForcibly();
    if (!process.waitFor(DEATH.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new Deviation(
          "%s was killed and is not dead after %s s; is the disk stuck?"
              .formatted(name, DEATH.toSeconds()));
    }
  }

  /** Asks it to end, by SIGTERM. */
  void end() {
    isHit = true;
    process.destroy();
  }

  /** Restarts it after this pause. */
  void restartAfter(Duration pause) {
    isDue = true;
    due = System.nanoTime() + pause.toNanos();
  }

  /** Starts it if it is time for it; returns whether it did. */
  boolean restartInTime() throws IOException {
    if (!isDue || System.nanoTime() - due < 0) {
      return false;
    }
    start();
    return true;
  }

  /** Whether a text is among what it printed. */
  boolean hasPrinted(String text) throws IOException {
    return Files.exists(log) && Files.readString(log).contains(text);
  }

  /** The last line that it printed, for people. */
  String lastWords() throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return lines.isEmpty() ? "it printed nothing" : lines.get(lines.size() - 1);
  }
}
