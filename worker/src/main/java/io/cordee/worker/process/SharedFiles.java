package io.cordee.worker.process;

import io.cordee.worker.function.FunctionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that a worker shares with its children, and the sockets on which it waits for them: in
 * memory, or in the temporary folder once there is no room in memory. Thread-safe.
 */
final class SharedFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SharedFiles.class);

  /** How many bytes rows and outputs may need besides parameters. */
  private static final long ROOM = 64L << 20;

  /** How many vectors a small team shares with this process at most. */
  private static final int VECTORS = 8;

  private final Path memory;
  private final Path temporary = Path.of(System.getProperty("java.io.tmpdir"));

  /** The folder of what is made next, once the parameters are known. */
  private Optional<SharedFolder> folder = Optional.empty();

  /** The folder in memory, once that is full. */
  private Optional<SharedFolder> full = Optional.empty();

  private int count;

  /**
   * @param memory a file system in memory, used if it is there and large enough
   */
  SharedFiles(Path memory) {
    this.memory = memory;
  }

  /**
   * Makes the folder, which only this user may enter, unless it is there already.
   *
   * @throws FunctionException if that is not possible
   */
  synchronized void open(int parameters) {
    if (folder.isEmpty()) {
      try {
        Path in = place((long) VECTORS * Float.BYTES * parameters + ROOM);
        folder = Optional.of(SharedFolder.in(in));
      } catch (IOException e) {
        throw new FunctionException(
            "no folder for function processes can be made: %s", e.getMessage());
      }
    }
  }

  /** Chooses the file system in memory if it has so many bytes free, else the temporary folder. */
  private Path place(long needed) throws IOException {
    if (!Files.isWritable(memory)) {
      return temporary;
    }
    SharedFolder.removeLeft(memory);
    long free = Files.getFileStore(memory).getUsableSpace();
    if (free >= needed) {
      return memory;
    }
    LOG.warn(
        "{} has {} MB free, less than {} MB; function processes share files in {}",
        memory,
        free >> 20,
        needed >> 20,
        temporary);
    return temporary;
  }

  /** Returns the folder of what is made next; empty before {@link #open}. */
  synchronized Optional<Path> folder() {
    return folder.map(SharedFolder::path);
  }

  /** Returns the path of a socket, where nothing is yet. */
  synchronized Path socket() {
    return next("socket-");
  }

  /**
   * Makes a file.
   *
   * @throws IOException if there is no room for so many bytes
   */
  SharedFile file(long bytes) throws IOException {
    return grown(made(), bytes);
  }

  private synchronized SharedFile made() throws IOException {
    return new SharedFile(next("memory-"));
  }

  private Path next(String prefix) {
    return folder.orElseThrow().path().resolve(prefix + ++count);
  }

  /**
   * Lengthens a file; returns another one, with nothing of the first one's content, if there is no
   * room for it in memory.
   *
   * @throws IOException if there is no room for it anywhere
   */
  SharedFile grown(SharedFile file, long bytes) throws IOException {
    try {
      file.grow(bytes);
      return file;
    } catch (IOException e) {
      leaveMemory(file, e);
    }
    SharedFile other = made();
    other.grow(bytes);
    return other;
  }

  private synchronized void leaveMemory(SharedFile file, IOException why) throws IOException {
    if (!file.path().startsWith(memory)) {
      throw why;
    }
    if (full.isEmpty()) {
      LOG.warn(
          "{} is full ({}); function processes share files in {}",
          memory,
          why.getMessage(),
          temporary);
      full = folder;
      folder = Optional.of(SharedFolder.in(temporary));
    }
  }

  void discard(SharedFile file) {
    try {
      file.close();
    } catch (IOException e) {
      LOG.debug("{} is left", file.path(), e);
    }
  }

  /** Removes all of them. */
  @Override
  public synchronized void close() {
    full.ifPresent(SharedFolder::close);
    folder.ifPresent(SharedFolder::close);
  }
}
