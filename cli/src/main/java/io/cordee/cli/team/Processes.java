package io.cordee.cli.team;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All processes of a team. Once it is closed they end, and none begins any more. */
final class Processes implements AutoCloseable {

  private final List<Process> running = new ArrayList<>();
  private final TeamToken token = TeamToken.make();
  private final Path log;
  private boolean isClosed;

  /**
   * @throws IOException if there is no room for the token that they share
   */
  Processes(Path log) throws IOException {
    this.log = log;
  }

  /** Starts a process that prints where this one prints. */
  Process startPrinting(List<String> arguments) throws IOException {
    return start(
        JavaProcess.cordee(arguments)
            .redirectOutput(Redirect.INHERIT)
            .redirectError(Redirect.INHERIT));
  }

  /** Starts a process whose output goes to the end of the log. */
  Process startLogged(List<String> arguments) throws IOException {
    return start(
        JavaProcess.cordee(arguments)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile())));
  }

  private synchronized Process start(ProcessBuilder builder) throws IOException {
    Process process = token.knownTo(builder).start();
    if (isClosed) {
      process.destroyForcibly();
    }
    running.removeIf(each -> !each.isAlive());
    running.add(process);
    return process;
  }

  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      running.forEach(Process::destroyForcibly);
    }
    try {
      token.close();
    } catch (IOException e) {
      System.err.println("cannot delete the team's token: " + e.getMessage());
    }
  }
}
