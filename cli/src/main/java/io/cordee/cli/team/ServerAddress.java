package io.cordee.cli.team;

import io.cordee.cli.commandline.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where a server of the team listens. It picks a port, and says in a file which; when it is started
 * again, it listens there.
 */
public final class ServerAddress {

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Duration POLL = Duration.ofMillis(10);

  /** Not there before the server listens. */
  private final Path file;

  private Optional<String> known = Optional.empty();

  ServerAddress() throws IOException {
    file = TemporaryFolder.path().resolve("address-" + COUNT.getAndIncrement());
  }

  /** Writes the address, as a whole or not at all. */
  public static void announce(String address, Path file) throws IOException {
    Path written = Files.writeString(file.resolveSibling(file.getFileName() + ".part"), address);
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
  }

  List<String> options() {
    return known
        .map(address -> List.of("--listen", address))
        .orElse(List.of("--listen", "127.0.0.1:0", "--announce", file.toString()));
  }

  /** Empty before the server has listened for the first time. */
  Optional<String> known() {
    return known;
  }

  /**
   * Waits until it is known, or the server has ended for good; looks after that, and after the
   * lead, meanwhile.
   */
  void await(TeamProcess server, TeamProcess lead) throws IOException, InterruptedException {
    while (!Files.exists(file)) {
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
      server.tend();
      lead.tend();
      if (server.isGone() && !Files.exists(file)) {
        return;
      }
    }
    known = Optional.of(Files.readString(file));
  }
}
