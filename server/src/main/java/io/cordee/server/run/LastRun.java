package io.cordee.server.run;

import io.cordee.common.text.Advice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link {@code last} in a folder called {@code runs}: to the run there that was begun or resumed
 * last. It is a convenience: no run fails for want of it.
 */
public final class LastRun {

  private static final Logger LOG = LoggerFactory.getLogger(LastRun.class);
  private static final String RUNS = "runs";
  private static final String NAME = "last";

  private final Path link;
  private final Path run;

  /** The run that the link named before this one. */
  private final Optional<Path> before;

  private LastRun(Path link, Path run, Optional<Path> before) {
    this.link = link;
    this.run = run;
    this.before = before;
  }

  /** Links to a run; empty if its folder is not in {@code runs}, or there cannot be a link. */
  static Optional<LastRun> of(Path folder) {
    Path run = folder.toAbsolutePath().normalize();
    Path link = run.resolveSibling(NAME);
    if (!isOurs(link)) {
      return Optional.empty();
    }
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
      LOG.info("{} is not a link, and stays as it is", link);
      return Optional.empty();
    }
    Path name = run.getFileName();
    try {
      Optional<Path> before = target(link).filter(target -> !target.equals(name));
      point(link, name);
      return Optional.of(new LastRun(link, name, before));
    } catch (IOException | UnsupportedOperationException e) {
      LOG.info("{} cannot link to this run: {}", link, e.toString());
      return Optional.empty();
    }
  }

  private static boolean isOurs(Path link) {
    return isNamed(link.getParent(), RUNS) && isNamed(link, NAME);
  }

  private static boolean isNamed(Path file, String name) {
    return file != null && file.endsWith(name);
  }

  private static Optional<Path> target(Path link) throws IOException {
    return Files.isSymbolicLink(link)
        ? Optional.of(Files.readSymbolicLink(link))
        : Optional.empty();
  }

  /** Others that read the link find it at any time. */
  private static void point(Path link, Path run) throws IOException {
    Path draft = link.resolveSibling("." + NAME + "." + UUID.randomUUID());
    try {
      Files.createSymbolicLink(draft, run);
      Files.move(draft, link, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Nothing came of the run: the link leads to the one before again. */
  void takeBack() {
    try {
      if (!target(link).equals(Optional.of(run))) {
        return; // another run has begun since
      }
      if (before.isPresent()) {
        point(link, before.get());
      } else {
        Files.deleteIfExists(link);
      }
    } catch (IOException e) {
      LOG.info("{} still leads to a run that is no more: {}", link, e.toString());
    }
  }

  /** Returns the run that a path means: through the link, it could be another one later. */
  public static Path followed(Path given) {
    try {
      return isNamed(given, NAME) ? target(given).map(given::resolveSibling).orElse(given) : given;
    } catch (IOException e) {
      return given; // what is wrong with it shows when it is read
    }
  }

  /**
   * Checks that a new run does not take the link's place.
   *
   * @throws IOException if the folder has the name of the link
   */
  public static void requireOther(Path folder) throws IOException {
    if (isOurs(folder.toAbsolutePath().normalize())) {
      throw new IOException(
          folder
              + ": expected a folder of the run's own; this name is kept for a link to the last run: "
              + Advice.OUT);
    }
  }
}
