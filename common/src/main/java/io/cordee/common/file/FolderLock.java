package io.cordee.common.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Ensures that a single process, and a single part of it, writes to a folder. The lock is released
 * when the process ends, however it does.
 *
 * <p>Nothing else in this process may open and close the locked file meanwhile: the process loses
 * its lock as soon as it closes the file, even one that it had opened a second time, for reading.
 */
public final class FolderLock implements Closeable {

  /** What is newer may be about to be locked. */
  private static final Duration NEW = Duration.ofMinutes(1);

  private static final Set<Path> HELD = Collections.synchronizedSet(new HashSet<>());

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * @param file in the folder; created if missing, not deleted by this
   * @param refusal the message if another process holds it
   * @throws IOException if another process holds it, or the file cannot be created
   */
  public static FolderLock take(Path file, String refusal) throws IOException {
    Path folder = file.toAbsolutePath().getParent().toRealPath();
    Path key = folder.resolve(file.getFileName());
    if (!HELD.add(key)) {
      throw new IOException(refusal);
    }
    try {
      return new FolderLock(key, locked(key, refusal));
    } catch (IOException | RuntimeException e) {
      HELD.remove(key);
      throw e;
    }
  }

  /**
   * Takes over the lock on what a process that has ended left behind; empty if that process still
   * runs, or may have just begun.
   *
   * @param left a file or folder
   * @param file the lock's
   */
  public static Optional<FolderLock> takeOver(Path left, Path file) {
    try {
      Instant changed = Files.getLastModifiedTime(left).toInstant();
      return changed.isBefore(Instant.now().minus(NEW))
          ? Optional.of(take(file, ""))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // it is locked, or was removed by another process just now
    }
  }

  private static FileChannel locked(Path file, String refusal) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw new IOException(refusal);
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(file);
    }
  }
}
