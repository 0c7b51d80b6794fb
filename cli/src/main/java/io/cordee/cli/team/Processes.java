package io.cordee.cli.team;

import io.cordee.cli.commandline.TemporaryFolder;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** All processes of a team. Once it is closed they end, and none begins any more. */
final class Processes implements AutoCloseable {

  private final List<Process> running = new ArrayList<>();
  private final Path log;
  private Optional<Token> token = Optional.empty();
  private boolean isClosed;

  Processes(Path log) {
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
    if (isClosed) {
      throw new InterruptedIOException("the team is ending");
    }
    if (token.isEmpty()) {
      token = Optional.of(Token.make());
    }
    Process process = token.get().knownTo(builder).start();
    running.removeIf(each -> !each.isAlive());
    running.add(process);
    return process;
  }

  synchronized void startNoMore() {
    isClosed = true;
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    running.forEach(Process::destroyForcibly);
  }

  /**
   * A token made for one local team, as other users of this machine can reach its port, too. It is
   * in a file that only this user may read; the team's processes are given the path.
   *
   * <p>Only root can sniff it on the loopback interface, so nothing else is needed: certificates,
   * tokens and addresses in the environment are meant for clusters.
   */
  private record Token(Path file) {

    private static final int BYTES = 32;
    private static final String FILE = "CORDEE_TOKEN_FILE";
    private static final List<String> OF_CLUSTERS =
        List.of(
            "CORDEE_TLS_CERT",
            "CORDEE_TLS_KEY",
            "CORDEE_TLS_CA",
            "CORDEE_SERVER",
            "CORDEE_LISTEN",
            "CORDEE_JOB",
            "CORDEE_DATA",
            "CORDEE_THREADS",
            "CORDEE_WORKERS");

    static Token make() throws IOException {
      byte[] secret = new byte[BYTES];
      new SecureRandom().nextBytes(secret);
      // Such a file is its owner's alone.
      Path file = Files.createTempFile(TemporaryFolder.path(), "", ".token");
      return new Token(Files.writeString(file, HexFormat.of().formatHex(secret) + "\n"));
    }

    ProcessBuilder knownTo(ProcessBuilder process) {
      process.environment().put(FILE, file.toString());
      OF_CLUSTERS.forEach(process.environment()::remove);
      return process;
    }
  }
}
