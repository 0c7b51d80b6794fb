package io.cordee.cli.team;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The file in which a server says where it listens. */
final class Announcement implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(10);

  private final Path folder;

  Announcement() throws IOException {
    folder = Files.createTempDirectory("cordee-");
  }

  /** Not there before the server listens. */
  Path file() {
    return folder.resolve("address");
  }

  /** Waits for the address; empty if the server ends before. */
  Optional<String> await(Process server) throws IOException, InterruptedException {
    while (!Files.exists(file())) {
      if (server.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
    }
    return Optional.of(Files.readString(file()));
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file());
    Files.deleteIfExists(folder);
  }
}
