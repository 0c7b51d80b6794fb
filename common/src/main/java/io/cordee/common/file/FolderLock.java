package io.cordee.common.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * Sees to it that one process alone, and one part of it, writes to a folder. The lock is gone with
 * the process, however that ends.
 *
 * <p>It is on a file that is for nothing else: a process loses its lock on a file as soon as it
 * closes that file, even if it had opened it a second time, to read it, say.
 */
public final class FolderLock implements Closeable {

  /** The files that this process has locked. */
  private static final Set<Path> HELD = Collections.synchronizedSet(new HashSet<>());

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes a lock.
   *
   * @param file in the folder; created if missing, and never deleted
   * @param refusal what to say if another process holds it
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
