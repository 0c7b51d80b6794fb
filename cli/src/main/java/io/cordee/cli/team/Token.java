package io.cordee.cli.team;

import io.cordee.cli.commandline.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * A token made for one local team, as other users of this machine can reach its port, too. It is in
 * a file that only this user may read; the team's processes are given the path.
 *
 * <p>Only root can sniff it on the loopback interface, so nothing else is needed: certificates,
 * tokens and addresses in the environment are meant for clusters.
 */
record Token(Path file) {

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
