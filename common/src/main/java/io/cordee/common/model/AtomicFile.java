package io.cordee.common.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Puts a file in its place as a whole or not at all. */
final class AtomicFile {

  /** Writes what the file is to hold. */
  interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes the content to a file of another name in the same folder, waits until it is on the disk,
   * and gives it the file's name. A file of that name is replaced; readers that have it open keep
   * the former one.
   */
  static void write(Path file, Content content) throws IOException {
    String draftName = "." + file.getFileName() + "." + UUID.randomUUID() + ".tmp";
    Path draft = file.resolveSibling(draftName);
    try {
      try (FileChannel channel =
          FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
    forceFolder(file.toAbsolutePath().getParent());
  }

  /** Makes the new name last; not every system lets a folder be opened for that. */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The file is complete and in its place either way.
      return;
    }
  }
}
