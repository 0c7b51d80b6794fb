package io.cordee.common.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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

  /** Of a draft, around that of the file. */
  private static final Pattern NAME =
      Pattern.compile("\\.(.+)\\.[0-9a-f-]{36}" + Pattern.quote(SUFFIX));

  private final Path file;
  private final Path draft;
  private final FileChannel channel;
  private boolean isCommitted;

  private Draft(Path file, Path draft, FileChannel channel) {
    this.file = file;
    this.draft = draft;
    this.channel = channel;
  }

  /** Begins an empty draft of a file. */
  public static Draft of(Path file) throws IOException {
    String name = "." + file.getFileName() + "." + UUID.randomUUID() + SUFFIX;
    Path draft = file.resolveSibling(name);
    return new Draft(
        file,
        draft,
        FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /** Where the content is written. */
  public FileChannel channel() {
    return channel;
  }

  /** Waits until the content is on the disk, and puts the file in its place. */
  public void commit() throws IOException {
    channel.force(true);
    channel.close();
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    isCommitted = true;
    forceFolder(file.toAbsolutePath().getParent());
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!isCommitted) {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Deletes the drafts that a process left in a folder when it was killed.
   *
   * @param isOurs whether a draft of a file of this name is ours: nobody else writes it
   */
  public static void deleteAbandoned(Path folder, Predicate<String> isOurs) throws IOException {
    try (DirectoryStream<Path> drafts = Files.newDirectoryStream(folder, ".*" + SUFFIX)) {
      for (Path abandoned : drafts) {
        Matcher name = NAME.matcher(abandoned.getFileName().toString());
        if (name.matches() && isOurs.test(name.group(1))) {
          Files.deleteIfExists(abandoned);
        }
      }
    }
  }

  /** Whether a name is that of a draft of a file. */
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
