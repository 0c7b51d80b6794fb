package io.cordee.cli.commandline;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Exceptions as text for people. */
public final class Errors {

  private Errors() {}

  /** What went wrong, with the file where the exception only names it. */
  public static String text(Throwable e) {
    if (e instanceof NoSuchFileException file) {
      return file.getFile() + ": no such file or folder";
    }
    if (e instanceof AccessDeniedException file) {
      return file.getFile() + ": permission denied";
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      return ((FileSystemException) e).getFile() + ": is a file, not a folder";
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  public static String texts(Throwable e) {
    Throwable cause = e.getCause();
    if (cause == null) {
      return text(e);
    }
    String why = texts(cause);
    return e.getMessage() == null || e.getMessage().equals(cause.getMessage())
        ? why
        : e.getMessage() + ": " + why;
  }

  /** As {@link #text}, of the innermost cause. */
  public static String rootText(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return text(root);
  }
}
