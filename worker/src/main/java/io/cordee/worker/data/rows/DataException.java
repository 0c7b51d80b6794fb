package io.cordee.worker.data.rows;

import com.github.luben.zstd.ZstdIOException;
import io.cordee.common.text.OutsideText;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.ZipException;

/**
 * Rows cannot be read as the job describes them. The message says where and why, one line per
 * mistake; it may quote the files.
 */
public final class DataException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String told;
  private final String hint;

  /**
   * @param message without any file content
   */
  public DataException(String message) {
    this(message, message, "", null);
  }

  /**
   * @param template of the message, without any file content
   */
  public DataException(String template, Object... values) {
    this(template.formatted(values));
  }

  DataException(String message, Throwable cause) {
    this(message, message, "", cause);
  }

  private DataException(String message, String told, String hint, Throwable cause) {
    super(OutsideText.message(message), cause);
    this.told = told;
    this.hint = hint;
  }

  /**
   * @param where and what was expected
   * @param found quoted from the file
   */
  public static DataException of(String where, String found) {
    return of(where, where, found, "");
  }

  /**
   * As above.
   *
   * @param told as {@code where}, without any file content
   * @param hint at a cause; may be empty
   */
  public static DataException of(String where, String told, String found, String hint) {
    return new DataException(
        where + "; found " + found + hint,
        told + hint + "; the worker's log says what was found",
        hint,
        null);
  }

  static DataException all(List<DataException> each, String last) {
    return new DataException(
        lines(each, DataException::getMessage) + last,
        lines(each, DataException::withoutContent) + last,
        "",
        each.get(0));
  }

  /** With each hint once. */
  private static String lines(List<DataException> each, Function<DataException, String> message) {
    Set<String> hints = new HashSet<>(Set.of(""));
    return each.stream()
        .map(it -> message.apply(it).replace(hints.add(it.hint) ? "" : it.hint, "") + "\n")
        .collect(Collectors.joining());
  }

  /** The message without file content, for readers who may not see the files. */
  public String withoutContent() {
    return told;
  }

  public DataException within(String name) {
    return new DataException(name + ": " + getMessage(), name + ": " + told, hint, this);
  }

  public static DataException unreadable(String name, IOException cause) {
    return new DataException("cannot read " + name + ": " + why(name, cause), cause);
  }

  public static DataException at(String place, IOException cause) {
    return new DataException(place + ": " + why("", cause), cause);
  }

  /** The reason in our words, where a library or the system gives none or only its own. */
  public static String why(String name, IOException cause) {
    if (cause instanceof EOFException
        || cause instanceof ZipException
        || cause instanceof ZstdIOException) {
      return "it is cut short or damaged; copy it again";
    }
    String said =
        cause.getMessage() == null ? "" : cause.getMessage().lines().findFirst().orElse("");
    // The system's message begins with the file's name, and may be nothing else.
    String file = cause instanceof FileSystemException its ? "" + its.getFile() : name;
    String why = said.startsWith(file) ? said.substring(file.length()) : said;
    why = why.replaceFirst("^[: ]+", "").strip();
    if (!why.isEmpty()) {
      return why;
    }
    return cause instanceof NoSuchFileException
        ? "no such file"
        : cause instanceof AccessDeniedException
            ? "permission denied"
            : cause.getClass().getSimpleName();
  }
}
