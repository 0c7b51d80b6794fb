package io.cordee.common.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Content that is put into a file as a whole or not at all. */
public final class WholeFile {

  private WholeFile() {}

  /** As {@link #write(Path, byte[])}, in UTF-8. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes it; a file of that name is replaced.
   *
   * @throws IOException if that cannot be done: which file, why, and what to do, for people
   */
  public static void write(Path file, byte[] content) throws IOException {
    try (Draft draft = Draft.of(file)) {
      writeAll(ByteBuffer.wrap(content), draft.channel());
      draft.commit();
    } catch (IOException e) {
      throw new IOException("cannot write " + file + ": " + reason(file, e), e);
    }
  }

  /** Writes what is left in a buffer, which a channel need not do at once. */
  public static void writeAll(ByteBuffer buffer, WritableByteChannel channel) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Without the name of the draft, which means nothing to users. */
  private static String reason(Path file, IOException e) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      return "it is a folder; expected a file, or none";
    }
    if (!Files.isDirectory(folder)) {
      return "there is no folder " + folder + "; make it, or choose another";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied; choose a folder that you may write to";
    }
    String text =
        e instanceof FileSystemException named && named.getReason() != null
            ? named.getReason()
            : String.valueOf(e.getMessage());
    return text.startsWith("No space left")
        ? "no space left on its disk; free some, and try again"
        : text;
  }
}
