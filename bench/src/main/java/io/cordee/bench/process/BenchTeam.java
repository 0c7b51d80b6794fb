package io.cordee.bench.process;

import io.cordee.bench.Temporary;
import io.cordee.bench.report.Pairs;
import io.cordee.bench.report.Turns;
import io.cordee.cli.team.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real {@code cordee server}, and workers that play a {@link Role}: each a process of its own.
 */
public final class BenchTeam implements Turns.Work, AutoCloseable {

  private static final Duration START = Duration.ofSeconds(120);
  private static final Duration POLL = Duration.ofMillis(10);

  private final Temporary folder = Temporary.folder();
  private final Process server;
  private final List<Child> workers = new ArrayList<>();

  /** The server listens at a port of the system's choice. */
  private BenchTeam(Host host, String job, int workers) throws IOException {
    Path file = Files.writeString(folder.path().resolve("job.yaml"), job);
    List<String> arguments =
        List.of(
            "server",
            "--leash",
            "--quiet",
            // Emulated hosts have a network of their own.
            "--insecure",
            "--job=" + file,
            "--listen=" + host.address() + ":0",
            "--announce=" + announcement(),
            "--out=" + folder.path().resolve("run"),
            "--workers=" + workers);
    server =
        host.there(JavaProcess.cordee(arguments))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
  }

  private Path announcement() {
    return folder.path().resolve("address");
  }

  /**
   * Starts all of them; returns when they are ready.
   *
   * @param job as YAML
   * @param role of a worker; it is told the server's address, host and port
   * @param arguments that it is told besides
   */
  static BenchTeam start(
      Host server, List<Host> workers, String job, Class<? extends Role> role, String... arguments)
      throws IOException, InterruptedException {
    BenchTeam team = new BenchTeam(server, job, workers.size());
    try {
      List<String> all = new ArrayList<>(List.of(team.awaitAddress()));
      all.addAll(List.of(arguments));
      for (Host host : workers) {
        team.workers.add(Child.start(host, role, all.toArray(String[]::new)));
      }
      return team;
    } catch (IOException | RuntimeException | InterruptedException e) {
      team.close();
      throw e;
    }
  }

  /** Starts a team. */
  @FunctionalInterface
  public interface Starter {
    BenchTeam start() throws IOException, InterruptedException;
  }

  /**
   * Two teams, which end then.
   *
   * @return seconds per round
   */
  public static Pairs byTurns(Turns turns, Starter limit, Starter measured)
      throws IOException, InterruptedException {
    try (BenchTeam one = limit.start();
        BenchTeam other = measured.start()) {
      return turns.take(one, other);
    }
  }

  private String awaitAddress() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (!Files.exists(announcement())) {
      if (!server.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("the server did not start within " + START.toSeconds() + " s");
      }
      Thread.sleep(POLL.toMillis());
    }
    return Files.readString(announcement());
  }

  public long pid() {
    return server.pid();
  }

  public List<Child> workers() {
    return workers;
  }

  @Override
  public double seconds(int rounds) throws IOException {
    return Child.seconds(workers, rounds);
  }

  @Override
  public void close() throws IOException {
    workers.forEach(Child::close);
    Child.end(server);
    folder.close();
  }
}
