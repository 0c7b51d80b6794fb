package io.cordee.worker.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that only this user may enter, with a file that this process keeps locked as long as it
 * lives. The next process removes the folder of one that was killed.
 */
record SharedFolder(Path path, FileChannel lock) implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SharedFolder.class);

  private static final String PREFIX = "cordee-";
  private static final String LOCK = "lock";

  /**
   * Folders of this process, whose locks it does not try: closing a second channel to a file
   * releases the locks of the first one.
   */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  static SharedFolder in(Path parent) throws IOException {
    var onlyOwner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Path path = Files.createTempDirectory(parent, PREFIX, onlyOwner);
    OWN.add(path);
    // The file is renamed once it is locked: other processes try locks by their final name.
    Path draft = path.resolve(LOCK + ".new");
    FileChannel lock =
        FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    lock.lock();
    Files.move(draft, path.resolve(LOCK));
    removeLeft(parent);
    return new SharedFolder(path, lock);
  }

  /** Removes the folders of this user's processes that were killed. */
  static void removeLeft(Path parent) {
    String user = System.getProperty("user.name");
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : all) {
        if (!OWN.contains(folder) && isOf(user, folder) && isLeft(folder.resolve(LOCK))) {
          remove(folder);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.debug("{} cannot be read", parent, e);
    }
  }

  private static boolean isOf(String user, Path folder) {
    try {
      return Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName().equals(user);
    } catch (IOException e) {
      return false; // it is gone
    }
  }

  /** Tells whether no process holds a lock; false if the file is not there yet. */
  private static boolean isLeft(Path lock) {
    if (!Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (FileChannel file = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock own = file.tryLock()) {
      return own != null;
    } catch (IOException e) {
      return false;
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> left = Files.walk(folder)) {
      List<Path> files = left.sorted(Comparator.reverseOrder()).toList();
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("{} is left", folder, e); // or another process removes it, too
    }
  }

  /** Removes the folder with all that is in it. */
  @Override
  public void close() {
    remove(path);
    try {
      lock.close();
    } catch (IOException e) {
      LOG.debug("{} is left open", path, e);
    }
    OWN.remove(path);
  }
}
