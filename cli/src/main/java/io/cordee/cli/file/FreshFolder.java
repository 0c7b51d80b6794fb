package io.cordee.cli.file;

import io.cordee.cli.commandline.Errors;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The folder of a new run, or of a comparison. What a command has made of it is gone when it is
 * closed, unless there is more in it than a log.
 */
public final class FreshFolder implements AutoCloseable {

  private static final Path RUNS = Path.of("runs");
  private static final String LOG = RunFiles.LOG;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  private final Path path;
  private final boolean isMade;
  private boolean isLogMade;

  private FreshFolder(Path path, boolean isMade) {
    this.path = path;
    this.isMade = isMade;
    this.isLogMade = Files.notExists(path.resolve(LOG));
  }

  /** The one that was given or, if none was, {@code runs/<time>-<job name>}. */
  public static FreshFolder of(Optional<Path> given, String jobName) throws IOException {
    return given.isPresent()
        ? given(given.get())
        : claim(RUNS, LocalDateTime.now().format(TIME) + "-" + jobName.replaceAll("[^\\w.-]", "_"));
  }

  static FreshFolder given(Path path) {
    return new FreshFolder(path, Files.notExists(path));
  }

  /** Makes a folder that nobody else has: others may ask for one of the same name. */
  static FreshFolder claim(Path runs, String name) throws IOException {
    Files.createDirectories(runs);
    for (int i = 1; ; i++) {
      Path folder = runs.resolve(i == 1 ? name : name + "-" + i);
      try {
        return new FreshFolder(Files.createDirectory(folder), true);
      } catch (FileAlreadyExistsException e) {
        continue;
      }
    }
  }

  /** Returns a folder below {@code runs} that is not there yet; makes none. */
  public static Path free(String name) {
    return IntStream.iterate(1, i -> i + 1)
        .mapToObj(i -> RUNS.resolve(i == 1 ? name : name + "-" + i))
        .filter(Files::notExists)
        .findFirst()
        .orElseThrow();
  }

  public Path path() {
    return path;
  }

  /** The log says why nothing came of it. */
  public void keepLog() {
    isLogMade = false;
  }

  @Override
  public void close() {
    try {
      String[] names = path.toFile().list();
      if (isLogMade && names != null && List.of(names).equals(List.of(LOG))) {
        Files.deleteIfExists(path.resolve(LOG));
      }
      if (isMade) {
        Files.deleteIfExists(path);
      }
    } catch (DirectoryNotEmptyException e) {
      return; // there is a run in it
    } catch (IOException e) {
      System.err.println("cannot delete " + path + ": " + Errors.text(e));
    }
  }
}
