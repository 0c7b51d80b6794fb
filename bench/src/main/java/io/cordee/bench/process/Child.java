package io.cordee.bench.process;

import io.cordee.bench.report.Turns;
import io.cordee.cli.process.JavaProcess;
import io.cordee.cli.process.Supervised;
import io.cordee.cli.process.Supervisor;
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
  static final Duration FAREWELL = Duration.ofSeconds(5);

  /** Netty warns where it finds no hardware address to make one of, as in a namespace. */
  private static final String NETTY_IDENTITY = "-Dio.netty.machineId=00:00:00:00:00:00:00:01";

  private final Supervised child;
  private final BufferedReader answers;
  private final Writer orders;
  private final String greeting;

  private Child(Supervised child) throws IOException {
    this.child = child.start();
    answers = child.process().inputReader();
    orders = child.process().outputWriter();
    greeting = answer();
  }

  /** Starts one alone; returns when it is ready. */
  public static Child start(Class<? extends Role> role, String... arguments) throws IOException {
    return start(new Supervisor(FAREWELL), Host.HERE, role, List.of(arguments));
  }

  static Child start(
      Supervisor supervisor, Host host, Class<? extends Role> role, List<String> arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(role.getName()));
    all.addAll(arguments);
    ProcessBuilder builder = JavaProcess.of(Role.class.getName(), all);
    builder.command().add(1, NETTY_IDENTITY);
    host.there(builder).redirectError(ProcessBuilder.Redirect.INHERIT);
    String name = role.getName().replaceAll(".*\\.", "");
    return new Child(supervisor.child(name, () -> builder));
  }

  /** Returns its words when it was ready. */
  public String greeting() {
    return greeting;
  }

  @Override
  public double seconds(int rounds) throws IOException {
    return seconds(List.of(this), rounds);
  }

  /** Returns seconds per round of children that do these at once: the slowest one counts. */
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
    return processorSeconds(child.process().toHandle());
  }

  /** Processor time that a process has used, in seconds; 0 where the system does not tell. */
  public static double processorSeconds(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  private String answer() throws IOException {
    CompletableFuture<Void> alarm = new CompletableFuture<>();
    alarm.thenRun(child.process()::destroyForcibly);
    alarm.completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS);
    String line = answers.readLine();
    boolean inTime = alarm.cancel(false);
    if (line == null) {
      throw new IOException(
          inTime
              ? "the process " + child.name() + " has ended; what it printed above may say why"
              : "the process "
                  + child.name()
                  + " did not answer within "
                  + PATIENCE_SECONDS
                  + " s");
    }
    return line;
  }

  @Override
  public void close() {
    child.end(FAREWELL);
  }
}
