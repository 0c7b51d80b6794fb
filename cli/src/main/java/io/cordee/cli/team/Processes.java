package io.cordee.cli.team;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All processes of a team. Once it is closed they end, and none begins any more. */
final class Processes implements AutoCloseable {

  private final List<Process> running = new ArrayList<>();
  private final TeamToken token;
  private boolean isClosed;

  /**
   * @param token made known to each of them
   */
  Processes(TeamToken token) {
    this.token = token;
  }

  /** Starts a process that prints where this one prints. */
  Process startPrinting(List<String> arguments) throws IOException {
    return start(
        token
            .knownTo(JavaProcess.cordee(arguments))
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT));
  }

  /** Starts a process whose output goes to the end of a file. */
  Process startLogged(List<String> arguments, Path log) throws IOException {
    return start(
        token
            .knownTo(JavaProcess.cordee(arguments))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
  }

  private synchronized Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    if (isClosed) {
      process.destroyForcibly();
    }
    running.removeIf(each -> !each.isAlive());
    running.add(process);
    return process;
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    running.forEach(Process::destroyForcibly);
  }
}
