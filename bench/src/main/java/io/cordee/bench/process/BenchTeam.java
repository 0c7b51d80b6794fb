package io.cordee.bench.process;

import io.cordee.bench.Temporary;
import io.cordee.bench.report.Pairs;
import io.cordee.bench.report.Turns;
import io.cordee.cli.process.JavaProcess;
import io.cordee.cli.process.ServerAddress;
import io.cordee.cli.process.Supervised;
import io.cordee.cli.process.Supervisor;
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
  private final Supervisor processes = new Supervisor(Child.FAREWELL);
  private final ServerAddress address;
  private final Supervised server;
  private final List<Child> workers = new ArrayList<>();

  /** The server listens at a port of the system's choice. */
  private BenchTeam(Host host, String job, int workers) throws IOException {
    Path file = Files.writeString(folder.path().resolve("job.yaml"), job);
    address = new ServerAddress(host.address(), folder.path().resolve("address"));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "server",
                "--leash",
                "--quiet",
                // Emulated hosts have a network of their own.
                "--insecure",
                "--job=" + file,
                "--out=" + folder.path().resolve("run"),
                "--workers=" + workers));
    arguments.addAll(address.options());
    server =
        processes
            .child(
                "server",
                () ->
                    host.there(JavaProcess.cordee(arguments))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT))
            .start();
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
        team.workers.add(Child.start(team.processes, host, role, all));
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
    while (address.find().isEmpty()) {
      if (!server.isAlive() || server.life().compareTo(START) > 0) {
        throw new IOException("the server did not start within " + START.toSeconds() + " s");
      }
      Thread.sleep(POLL.toMillis());
    }
    return address.find().orElseThrow();
  }

  public long pid() {
    return server.process().pid();
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
    processes.close();
    folder.close();
  }
}
