package io.cordee.cli.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * The address at which a server listens. It picks a port, and says in a file which; when it is
 * started again, it listens there.
 */
public final class ServerAddress {

  private final String host;

  /** Not there before the server listens. */
  private final Path file;

  private Optional<String> known = Optional.empty();

  public ServerAddress(String host, Path file) {
    this.host = host;
    this.file = file;
  }

  /** Writes the address, as a whole or not at all. */
  public static void announce(String address, Path file) throws IOException {
    Path written = Files.writeString(file.resolveSibling(file.getFileName() + ".part"), address);
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Returns the options of the server's next process. */
  public List<String> options() {
    return known
        .map(address -> List.of("--listen", address))
        .orElse(List.of("--listen", host + ":0", "--announce", file.toString()));
  }

  /** Returns the address; empty before the server has listened for the first time. */
  public Optional<String> find() throws IOException {
    if (known.isEmpty() && Files.exists(file)) {
      known = Optional.of(Files.readString(file));
    }
    return known;
  }
}
