package io.cordee.common.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sees to it that one process alone, and one part of it, writes to a folder. The lock is gone with
 * the process, however that ends.
 *
 * <p>It is on a file that is for nothing else: a process loses its lock on a file as soon as it
 * closes that file, even if it had opened it a second time, to read it, say.
 */
public final class FolderLock implements Closeable {

  /** The files that this process has locked. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes a lock.
   *
   * @param file in the folder; made if it is not there, and left there
   * @param refusal what to say if somebody else has it
   * @throws IOException if that is so, or the file cannot be made
   */
  public static FolderLock take(Path file, String refusal) throws IOException {
    Path key = file.toAbsolutePath().normalize();
    if (!HELD.add(key)) {
      throw new IOException(refusal);
    }
    try {
      FileChannel channel =
          FileChannel.open(key, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw new IOException(refusal);
      }
      return new FolderLock(key, channel);
    } catch (IOException | RuntimeException e) {
      HELD.remove(key);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    HELD.remove(file);
  }
}
