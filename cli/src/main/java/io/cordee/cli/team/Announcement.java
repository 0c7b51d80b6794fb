package io.cordee.cli.team;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The file in which a server says where it listens. */
public final class Announcement implements AutoCloseable {

  /** Looks after other processes. */
  @FunctionalInterface
  interface Tending {
    void tend() throws IOException;
  }

  private static final Duration POLL = Duration.ofMillis(10);

  private final Path folder;

  Announcement() throws IOException {
    folder = Files.createTempDirectory("cordee-");
    // Should this process be interrupted before it is closed; the last named is deleted first.
    folder.toFile().deleteOnExit();
    file().toFile().deleteOnExit();
  }

  /** Writes the address, as a whole or not at all. */
  public static void write(Path file, String address) throws IOException {
    Path written = Files.writeString(file.resolveSibling(file.getFileName() + ".part"), address);
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Not there before the server listens. */
  Path file() {
    return folder.resolve("address");
  }

  /**
   * Waits for the address, and looks after the server meanwhile.
   *
   * @return empty if that has ended for good
   */
  Optional<String> await(TeamProcess server, Tending others)
      throws IOException, InterruptedException {
    while (!Files.exists(file())) {
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
      server.tend();
      others.tend();
      if (server.isGone() && !Files.exists(file())) {
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
