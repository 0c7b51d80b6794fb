package io.cordee.cli.file;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.Errors;
import io.cordee.common.file.Draft;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A file that a command writes, as a whole or not at all. */
public final class OutputFile {

  /** Leaves the stream open. */
  @FunctionalInterface
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /** Bytes of a file that its mark is looked for in. */
  private static final int BEGINNING = 16 << 10;

  private final Path file;

  private OutputFile(Path file) {
    this.file = file;
  }

  /** A file that must not be there yet, unless it may be replaced ({@code --force}). */
  public static OutputFile checked(Path file, boolean mayReplace) {
    return checked(file, mayReplace, "--out");
  }

  /**
   * As {@link #checked(Path, boolean)}.
   *
   * @param option that names the file
   */
  public static OutputFile checked(Path file, boolean mayReplace, String option) {
    return of(file, mayReplace, "give another " + option + ", or --force to replace it");
  }

  /**
   * A file that may take the place of an earlier one of its kind, but of no other.
   *
   * @param mark what the beginning of such a file holds
   * @param option that names the file
   */
  public static OutputFile replacing(Path file, String mark, String option) {
    boolean isEarlier = Files.isRegularFile(file) && beginning(file).contains(mark);
    return of(
        file,
        isEarlier,
        "it is not what this command writes: move it away, or give another " + option);
  }

  private static String beginning(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(BEGINNING), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw CommandException.failed(Errors.text(e));
    }
  }

  private static OutputFile of(Path file, boolean mayReplace, String remedy) {
    if (Files.isDirectory(file)) {
      throw CommandException.failed(file + " is a folder; expected a file to write");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw CommandException.failed(
          "cannot write " + file + ": there is no folder " + folder + "; make it, or give another");
    }
    if (Files.exists(file) && !mayReplace) {
      throw CommandException.failed(file + " exists already; " + remedy);
    }
    return new OutputFile(file);
  }

  /**
   * Checks that a folder has no files but earlier ones of the kind that a command writes into it,
   * which these replace.
   *
   * @param endings of their names
   */
  public static void requireFolderOf(List<String> endings, Path folder, String option)
      throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> endings.stream().noneMatch(name::endsWith))
          .sorted()
          .findFirst()
          .ifPresent(
              name -> {
                throw CommandException.failed(
                    String.format(
                        "%s holds %s; expected a folder that is new, or holds nothing but %s files: choose another with %s",
                        folder, name, String.join(" and ", endings), option));
              });
    }
  }

  public void write(String text) {
    write(to -> to.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  public void write(Content content) {
    try (Draft draft = Draft.of(file)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(draft.channel()));
      content.write(out);
      out.flush();
      draft.commit();
    } catch (IOException e) {
      throw CommandException.failed(
          "cannot write " + file + ": " + reason(e) + "; nothing is left of it");
    }
  }

  /** Without the name of the draft, which means nothing to users. */
  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileSystemException file && file.getReason() != null
        ? file.getReason()
        : Errors.text(e);
  }
}
