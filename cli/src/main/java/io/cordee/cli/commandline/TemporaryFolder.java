package io.cordee.cli.commandline;

import io.cordee.common.file.Draft;
import io.cordee.common.file.FolderLock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * This process's folder for files that end with it. The next process to make one removes those of
 * processes that were killed, whose locks it can take.
 */
public final class TemporaryFolder {

  /** The file in it that has a copy of standard input. */
  public static final String STANDARD_INPUT = "standard input";

  private static final String LOCK = ".cordee-lock";

  private static Optional<Path> own = Optional.empty();
  private static FolderLock lock;

  private TemporaryFolder() {}

  /** Nobody else may look into it. */
  public static synchronized Path path() throws IOException {
    if (own.isEmpty()) {
      // It gets its name once it is locked, so that it is never taken for that of a dead process.
      Path draft = Files.createTempDirectory(".cordee-");
      lock = FolderLock.take(draft.resolve(LOCK), "");
      removeDead(draft);
      String name = draft.getFileName().toString().substring(1);
      own = Optional.of(Files.move(draft, draft.resolveSibling(name)));
    }
    return own.get();
  }

  private static void removeDead(Path own) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(own.getParent(), "{,.}cordee-*")) {
      for (Path other : all) {
        if (isOfSameUser(other, own)) {
          remove(other);
        }
      }
    }
  }

  private static boolean isOfSameUser(Path other, Path own) {
    try {
      // Others could put a link here, to what is this user's.
      return Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)
          && (isDraft(other) ? Draft.isOld(other) : Files.exists(other.resolve(LOCK)))
          && Files.getOwner(other).equals(Files.getOwner(own));
    } catch (IOException e) {
      return false; // another process has just removed it
    }
  }

  private static boolean isDraft(Path folder) {
    return folder.getFileName().toString().startsWith(".");
  }

  /** At the end of the process. */
  public static synchronized void remove() throws IOException {
    if (own.isPresent()) {
      lock.close();
      remove(own.get());
    }
  }

  @SuppressWarnings("try") // it is only held
  private static void remove(Path folder) {
    try (FolderLock its = FolderLock.take(folder.resolve(LOCK), "");
        DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      return; // its process lives, or the next one removes what is left
    }
  }

  /** A text for people: without the name of the copy of standard input. */
  public static synchronized String shown(String text) {
    return own.map(folder -> folder.resolve(STANDARD_INPUT).toString())
        .map(copy -> text.replace(copy, STANDARD_INPUT))
        .orElse(text);
  }
}
