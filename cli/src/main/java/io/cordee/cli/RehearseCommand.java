package io.cordee.cli;

import io.cordee.cli.commandline.CordeeCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Loads what a training on this machine, a server and a worker load, by short runs of them in this
 * process. The launcher has Java archive these classes when it exits.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Trains for two rounds alone, and as a server and a worker, in this process.")
final class RehearseCommand extends CordeeCommand {

  @Parameters(paramLabel = "DIR", description = "A folder for the runs.")
  private Path folder;

  @Override
  public Integer call() throws IOException {
    int alone = run("train", "--in-process", "--quiet", "--rounds=2", "--out=" + folder + "/alone");
    String address = "127.0.0.1:" + freePort();
    CompletableFuture<Integer> server =
        CompletableFuture.supplyAsync(
            () ->
                run(
                    "server",
                    "--quiet",
                    "--listen=" + address,
                    "--rounds=2",
                    "--out=" + folder + "/team"));
    int worker = run("worker", "--server=" + address);
    return List.of(alone, worker, server.join()).stream()
        .filter(code -> code != 0)
        .findFirst()
        .orElse(0);
  }

  /** Returns a port that was free; if another process takes it, the rehearsal fails. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static int run(String... arguments) {
    return Main.commandLine().execute(arguments);
  }
}
