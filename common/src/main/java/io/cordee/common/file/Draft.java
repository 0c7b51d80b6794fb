package io.cordee.common.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that is put in its place as a whole or not at all: it is written under another name in the
 * same folder, and given its own when it is on the disk. A file of that name is replaced; readers
 * that have it open keep the former one. A draft that is closed without being {@linkplain #commit
 * committed} leaves nothing.
 */
public final class Draft implements Closeable {

  private static final String SUFFIX = ".tmp";

  /** Those of this process. */
  private static final Set<Path> OPEN = Collections.synchronizedSet(new HashSet<>());

  /** Of a draft, around that of the file. */
  private static final Pattern NAME =
      Pattern.compile("\\.(.+)\\.[0-9a-f-]{36}" + Pattern.quote(SUFFIX));

  private final Path file;
  private final Path draft;
  private final FileChannel channel;

  /** Tells others that this process lives; empty where the file system has no locks. */
  private final Optional<FolderLock> lock;

  private boolean isCommitted;

  private Draft(Path file, Path draft, FileChannel channel, Optional<FolderLock> lock) {
    this.file = file;
    this.draft = draft;
    this.channel = channel;
    this.lock = lock;
  }

  /** Begins an empty draft of a file, and deletes those that killed processes have left of it. */
  public static Draft of(Path file) throws IOException {
    deleteDead(file);
    String name = "." + file.getFileName() + "." + UUID.randomUUID() + SUFFIX;
    Path draft = file.resolveSibling(name);
    FileChannel channel =
        FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    OPEN.add(draft);
    return new Draft(file, draft, channel, lock(draft));
  }

  private static Optional<FolderLock> lock(Path draft) {
    try {
      return Optional.of(FolderLock.take(draft, ""));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void deleteDead(Path file) {
    String name = file.getFileName().toString();
    deleteDead(file.toAbsolutePath().getParent(), name::equals);
  }

  /**
   * Deletes the drafts in a folder that killed processes have left, if that can be done.
   *
   * @param isOurs as for {@link #deleteAbandoned}
   */
  public static void deleteDead(Path folder, Predicate<String> isOurs) {
    try {
      delete(folder, isOurs, Draft::isDead);
    } catch (IOException e) {
      return; // what is wrong with the folder shows when it is written to
    }
  }

  private static boolean isDead(Path draft) throws IOException {
    Optional<FolderLock> its = FolderLock.takeOver(draft, draft);
    if (its.isPresent()) {
      its.get().close();
    }
    return its.isPresent();
  }

  /** Where it is until it is committed. */
  public Path path() {
    return draft;
  }

  public FileChannel channel() {
    return channel;
  }

  /** Forces the content to disk, then moves the file into place. */
  public void commit() throws IOException {
    channel.force(true);
    end();
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    isCommitted = true;
    forceFolder(file.toAbsolutePath().getParent());
  }

  @Override
  public void close() throws IOException {
    end();
    OPEN.remove(draft);
    if (!isCommitted) {
      Files.deleteIfExists(draft);
    }
  }

  private void end() throws IOException {
    channel.close();
    if (lock.isPresent()) {
      lock.get().close();
    }
  }

  /** At the end of the process: what is not in its place by now is given up. */
  public static void deleteOpen() {
    for (Path draft : List.copyOf(OPEN)) {
      try {
        Files.deleteIfExists(draft);
      } catch (IOException e) {
        continue; // the next draft of the file deletes it
      }
    }
  }

  /**
   * Deletes the drafts that a process left in a folder when it was killed.
   *
   * @param isOurs whether a draft of a file of this name is ours: nobody else writes it
   */
  public static void deleteAbandoned(Path folder, Predicate<String> isOurs) throws IOException {
    delete(folder, isOurs, draft -> true);
  }

  private static void delete(
      Path folder, Predicate<String> isOurs, DirectoryStream.Filter<Path> isAbandoned)
      throws IOException {
    try (DirectoryStream<Path> drafts = Files.newDirectoryStream(folder, ".*" + SUFFIX)) {
      for (Path draft : drafts) {
        Matcher name = NAME.matcher(draft.getFileName().toString());
        if (name.matches() && isOurs.test(name.group(1)) && isAbandoned.accept(draft)) {
          Files.deleteIfExists(draft);
        }
      }
    }
  }

  /** Returns whether a name is that of a draft of a file. */
  public static boolean isOf(String file, String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() && matcher.group(1).equals(file);
  }

  /** Makes new and deleted names last; not every system lets a folder be opened for that. */
  public static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The files are complete and in their places either way.
      return;
    }
  }
}
