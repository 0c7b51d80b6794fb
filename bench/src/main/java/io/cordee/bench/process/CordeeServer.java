package io.cordee.bench.process;

import io.cordee.bench.Temporary;
import io.cordee.cli.team.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real {@code cordee server} in a process of its own.
 *
 * @param address host and port
 */
public record CordeeServer(Temporary folder, Process process, String address)
    implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(120);
  private static final Duration POLL = Duration.ofMillis(10);

  /**
   * Starts a server, which listens at the port that the system likes; returns when it does.
   *
   * @param job as YAML
   * @param workers the first round waits for so many
   * @param options besides the usual ones
   */
  static CordeeServer start(Host host, String job, int workers, List<String> options)
      throws IOException, InterruptedException {
    Temporary folder = Temporary.folder();
    Path file = Files.writeString(folder.path().resolve("job.yaml"), job);
    Path announcement = folder.path().resolve("address");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "server",
                "--leash",
                "--quiet",
                // Emulated hosts have a network of their own.
                "--insecure",
                "--job=" + file,
                "--listen=" + host.address() + ":0",
                "--announce=" + announcement,
                "--out=" + folder.path().resolve("run"),
                "--workers=" + workers));
    arguments.addAll(options);
    Process process =
        host.there(JavaProcess.cordee(arguments))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long deadline = System.nanoTime() + START.toNanos();
    while (!Files.exists(announcement)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        Child.end(process);
        folder.close();
        throw new IOException("the server did not start within " + START.toSeconds() + " s");
      }
      Thread.sleep(POLL.toMillis());
    }
    return new CordeeServer(folder, process, Files.readString(announcement));
  }

  @Override
  public void close() throws IOException {
    Child.end(process);
    folder.close();
  }
}
