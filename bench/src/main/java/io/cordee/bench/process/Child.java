package io.cordee.bench.process;

import io.cordee.bench.report.Turns;
import io.cordee.cli.team.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own that plays a {@link Role}: told what to do line by line. It ends when this
 * one does.
 */
public final class Child implements Turns.Work, AutoCloseable {

  private static final int PATIENCE_SECONDS = 900;
  private static final int FAREWELL_SECONDS = 5;

  /** Netty warns where it finds no hardware address to make one of, as in a namespace. */
  private static final String NETTY_IDENTITY = "-Dio.netty.machineId=00:00:00:00:00:00:00:01";

  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final Writer orders;
  private final String greeting;

  private Child(String name, Process process) throws IOException {
    this.name = name;
    this.process = process;
    answers = process.inputReader();
    orders = process.outputWriter();
    greeting = answer();
  }

  /** Returns when it is ready. */
  public static Child start(Class<? extends Role> role, String... arguments) throws IOException {
    return start(Host.HERE, role, arguments);
  }

  static Child start(Host host, Class<? extends Role> role, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(role.getName()));
    all.addAll(List.of(arguments));
    ProcessBuilder builder = JavaProcess.of(Role.class.getName(), all);
    builder.command().add(1, NETTY_IDENTITY);
    Process process = host.there(builder).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new Child(role.getName().replaceAll(".*\\.", ""), process);
  }

  /** What it said when it was ready. */
  public String greeting() {
    return greeting;
  }

  @Override
  public double seconds(int rounds) throws IOException {
    return seconds(List.of(this), rounds);
  }

  /** Of children that do this many rounds at once, seconds per round: the slowest one counts. */
  public static double seconds(List<Child> children, int rounds) throws IOException {
    for (Child child : children) {
      child.orders.write(rounds + "\n");
      child.orders.flush();
    }
    long slowest = 0;
    for (Child child : children) {
      slowest = Math.max(slowest, Long.parseLong(child.answer()));
    }
    return slowest / 1e9 / rounds;
  }

  /** In seconds. */
  public double processorSeconds() {
    return processorSeconds(process.toHandle());
  }

  /** Processor time that a process has used, in seconds; 0 where the system does not tell. */
  public static double processorSeconds(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  private String answer() throws IOException {
    CompletableFuture<Void> alarm = new CompletableFuture<>();
    alarm.thenRun(process::destroyForcibly);
    alarm.completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS);
    String line = answers.readLine();
    boolean inTime = alarm.cancel(false);
    if (line == null) {
      throw new IOException(
          inTime
              ? "the process " + name + " has ended; what it printed above may say why"
              : "the process " + name + " did not answer within " + PATIENCE_SECONDS + " s");
    }
    return line;
  }

  @Override
  public void close() {
    end(process);
  }

  static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
