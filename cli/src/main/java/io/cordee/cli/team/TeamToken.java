package io.cordee.cli.team;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * A token that is made for one local team: others who have an account on this machine can reach its
 * port, too. It lies in a file that only this user may read; its processes are told where.
 *
 * <p>On its way over the loopback interface nobody but the system's administrator sees it. So that
 * is all: what the environment says of certificates and tokens is meant for clusters.
 */
record TeamToken(Path file) implements AutoCloseable {

  private static final int BYTES = 32;
  private static final String FILE = "CORDEE_TOKEN_FILE";
  private static final List<String> OF_CLUSTERS =
      List.of("CORDEE_TLS_CERT", "CORDEE_TLS_KEY", "CORDEE_TLS_CA");

  static TeamToken make() throws IOException {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    // Such a file is its owner's alone.
    TeamToken token = new TeamToken(Files.createTempFile("cordee-", ".token"));
    try {
      Files.writeString(token.file, HexFormat.of().formatHex(secret) + "\n");
      return token;
    } catch (IOException e) {
      token.close();
      throw e;
    }
  }

  /** Makes a process one of the team. */
  ProcessBuilder knownTo(ProcessBuilder process) {
    process.environment().put(FILE, file.toString());
    OF_CLUSTERS.forEach(process.environment()::remove);
    return process;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
