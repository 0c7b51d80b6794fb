package io.cordee.cli.commandline;

import io.cordee.common.file.FolderLock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * This process's folder for files that end with it. Another process to make one removes those of
 * processes that were killed.
 */
public final class TemporaryFolder {

  /** The file in it that has a copy of standard input. */
  public static final String STANDARD_INPUT = "standard input";

  private static final String PREFIX = ".cordee-";
  private static final String LOCK = ".cordee-lock";

  private static Optional<Path> own = Optional.empty();
  private static FolderLock lock;

  private TemporaryFolder() {}

  /** Nobody else may look into it. */
  public static synchronized Path path() throws IOException {
    if (own.isEmpty()) {
      Path folder = Files.createTempDirectory(PREFIX);
      lock = FolderLock.take(folder.resolve(LOCK), "");
      own = Optional.of(folder);
      removeDead(folder);
    }
    return own.get();
  }

  private static void removeDead(Path own) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(own.getParent(), PREFIX + "*")) {
      for (Path other : all) {
        if (isOfSameUser(other, own)) {
          Optional<FolderLock> its = FolderLock.takeOver(other, other.resolve(LOCK));
          if (its.isPresent()) {
            remove(other, its.get());
          }
        }
      }
    }
  }

  private static boolean isOfSameUser(Path other, Path own) {
    try {
      // Others could put a link here, to what is this user's.
      return Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)
          && Files.getOwner(other).equals(Files.getOwner(own));
    } catch (IOException e) {
      return false; // another process has just removed it
    }
  }

  /** At the end of the process. */
  public static synchronized void remove() {
    if (own.isPresent()) {
      remove(own.get(), lock);
    }
  }

  private static void remove(Path folder, FolderLock its) {
    try (its;
        DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      return; // the next process removes what is left
    }
  }

  /** A text for people: without the name of the copy of standard input. */
  public static synchronized String shown(String text) {
    return own.map(folder -> folder.resolve(STANDARD_INPUT).toString())
        .map(copy -> text.replace(copy, STANDARD_INPUT))
        .orElse(text);
  }
}
