package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process that runs {@code cordee}, with its descendants; closing kills what is left of them.
 * They are recorded while waiting, since those of an ended process cannot be found.
 */
final class CordeeProcess implements AutoCloseable {

  /** After this, a process counts as hung, even on a slow machine with other tests beside it. */
  static final Duration PATIENCE = Duration.ofMinutes(20);

  private static final Duration FAREWELL = Duration.ofSeconds(30);

  private final Supervised process;
  private final List<String> arguments;
  private final Path out;
  private final Path err;
  private final Set<ProcessHandle> descendants = new LinkedHashSet<>();

  CordeeProcess(Supervised process, List<String> arguments, Path out, Path err) {
    this.process = process;
    this.arguments = arguments;
    this.out = out;
    this.err = err;
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails if the process ends first. */
  void await(String wanted, Callable<Boolean> condition) {
    Await.until(
        wanted,
        PATIENCE,
        () -> {
          look();
          boolean isAlive = process.isAlive();
          boolean holds = condition.call();
          if (!holds && !isAlive) {
            throw new AssertionError("ended before " + wanted + ": " + ended());
          }
          return holds;
        },
        this::toString);
  }

  void awaitOut(String text) {
    await("\"" + text + "\" on standard output", () -> out().contains(text));
  }

  void awaitErr(String text) {
    await("\"" + text + "\" on standard error", () -> err().contains(text));
  }

  /** Where a server listens. */
  String address() {
    return said("listening on ");
  }

  /** The word after these on standard output. */
  String said(String words) {
    awaitOut(words);
    String out = out();
    return out.substring(out.indexOf(words) + words.length()).split("[;\\s]")[0];
  }

  Ended awaitEnd() {
    return awaitEnd(PATIENCE);
  }

  Ended awaitEnd(Duration patience) {
    Await.until(
        "the end of " + String.join(" ", arguments),
        patience,
        () -> {
          look();
          return !process.isAlive();
        },
        this::toString);
    return ended();
  }

  private Ended ended() {
    return new Ended(arguments, process.code(), out(), err());
  }

  void awaitNothingLeft() {
    awaitNothingLeft(FAREWELL);
  }

  void awaitNothingLeft(Duration patience) {
    Await.until(
        "the end of all processes",
        patience,
        () -> left().isEmpty(),
        () -> left().stream().map(CordeeProcess::describe).collect(Collectors.joining("\n")));
  }

  /** Records the running descendants; returns all seen so far. */
  Set<ProcessHandle> look() {
    process.process().descendants().forEach(descendants::add);
    return Set.copyOf(descendants);
  }

  Set<ProcessHandle> descendants(String... words) {
    return look().stream()
        .filter(handle -> isRunning(handle) && words(handle).containsAll(List.of(words)))
        .collect(Collectors.toSet());
  }

  ProcessHandle descendant(String... words) {
    Set<ProcessHandle> found = descendants(words);
    assertEquals(1, found.size(), () -> List.of(words) + " in " + this);
    return found.iterator().next();
  }

  /** From /proc: Java cannot read command lines of more than 4 KiB. */
  private static List<String> words(ProcessHandle handle) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(handle.pid()), "cmdline"));
      return List.of(line.split("\0"));
    } catch (IOException e) {
      return List.of(handle.info().arguments().orElse(new String[0]));
    }
  }

  /** The value of an option of the descendant with these words. */
  String told(String option, String... words) {
    List<String> line = words(descendant(words));
    return line.get(line.indexOf(option) + 1);
  }

  private List<ProcessHandle> left() {
    return descendants.stream().filter(CordeeProcess::isRunning).toList();
  }

  /** Java takes zombies for alive until their new parent reaps them. */
  private static boolean isRunning(ProcessHandle handle) {
    return handle.isAlive() && !isZombie(handle.pid());
  }

  private static boolean isZombie(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  private static String describe(ProcessHandle handle) {
    Optional<String> line = handle.info().commandLine();
    return handle.pid() + " " + line.orElse("");
  }

  void interrupt() {
    send(Signal.INT, handle());
  }

  /** As Ctrl-C in a terminal: all processes at once. */
  void interruptAll() {
    send(
        Signal.INT,
        Stream.concat(Stream.of(handle()), look().stream()).toArray(ProcessHandle[]::new));
  }

  void pause() {
    pause(handle());
  }

  void pause(ProcessHandle started) {
    send(Signal.STOP, started);
  }

  void goOn() {
    send(Signal.CONT, handle());
  }

  private ProcessHandle handle() {
    return process.process().toHandle();
  }

  private static void send(Signal signal, ProcessHandle... targets) {
    try {
      assertTrue(signal.send(targets), () -> "did not work: " + signal);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** SIGTERM. */
  void terminate() {
    process.terminate();
  }

  /** SIGKILL. */
  void kill() {
    look();
    process.end(Duration.ZERO);
  }

  @Override
  public void close() {
    kill();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public String toString() {
    return String.join(" ", arguments)
        + "\nstandard output:\n"
        + out()
        + "\nstandard error:\n"
        + err();
  }
}
