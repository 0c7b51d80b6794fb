package io.cordee.bench.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of the team by its name, whichever it is now. Used by one thread. */
final class ChaosMember {

  @FunctionalInterface
  interface Starter {
    Process start() throws IOException;
  }

  private static final Duration DEATH = Duration.ofSeconds(60);
  private static final Duration SIGNAL = Duration.ofSeconds(30);

  private final String name;
  private final List<Cable> cables;
  private final Path log;
  private final Starter starter;

  private Process process;
  private int starts;
  private boolean isHit;
  private boolean isDue;

  /**
   * @param cables to servers: of a worker, one to each shard, in order; of a shard that does not
   *     lead, one to shard 0
   * @param log where its processes print
   */
  ChaosMember(String name, List<Cable> cables, Path log, Starter starter) throws IOException {
    this.name = name;
    this.cables = cables;
    this.log = log;
    this.starter = starter;
    start();
  }

  void start() throws IOException {
    process = starter.start();
    starts++;
    isHit = false;
    isDue = false;
  }

  String name() {
    return name;
  }

  List<Cable> cables() {
    return cables;
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

  /** Whether a restart is pending. */
  boolean isDue() {
    return isDue;
  }

  void becomesDue() {
    isDue = true;
  }

  /** Returns once it is dead. */
  void kill() throws InterruptedException, Deviation {
    isHit = true;
    process.destroyForcibly();
    if (!process.waitFor(DEATH.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new Deviation(
          "%s was killed and is not dead after %s s; is the disk stuck?"
              .formatted(name, DEATH.toSeconds()));
    }
  }

  /** By SIGTERM. */
  void end() {
    isHit = true;
    process.destroy();
  }

  /** Sends a signal, such as {@code STOP}, to a process, unless that has ended. */
  static void signal(String signal, Process process) throws IOException, InterruptedException {
    if (!process.isAlive()) {
      return;
    }
    Process kill =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    // It fails where the process has ended by itself meanwhile.
    if (!kill.waitFor(SIGNAL.toSeconds(), TimeUnit.SECONDS)) {
      kill.destroyForcibly();
      throw new IOException("kill -" + signal + " took longer than " + SIGNAL.toSeconds() + " s");
    }
  }

  /** The last line that it printed, for people. */
  String lastWords() throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return lines.isEmpty() ? "it printed nothing" : lines.get(lines.size() - 1);
  }
}
