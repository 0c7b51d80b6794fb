package io.cordee.worker.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a worker looks for a job's files: {@code root/folder/file}, then {@code root/file}. A file
 * with an absolute path is taken as it is.
 *
 * @param root the worker's data folder
 * @param folder the job's folder below it; empty for the data folder itself
 */
public record DataFolder(Path root, String folder) {

  /** The root where none is given: {@code ./data}. */
  public static final Path DEFAULT_ROOT = Path.of("data");

  private static final String FASHION_MNIST = "fashion-mnist";

  /**
   * The path of a file that exists and can be read.
   *
   * @throws DataException naming every place where the file was looked for
   */
  public Path find(String file) {
    Set<Path> places = places(file);
    for (Path place : places) {
      if (Files.isDirectory(place)) {
        throw new DataException(place + " is a directory; expected a data file");
      }
      if (Files.exists(place)) {
        if (!Files.isReadable(place)) {
          throw new DataException(place + " may not be read by this user; check its permissions");
        }
        return place;
      }
    }
    String looked =
        places.stream()
            .map(place -> place.toAbsolutePath().normalize().toString())
            .collect(Collectors.joining(" and at "));
    throw new DataException(
        "data file " + file + " not found; looked for it at " + looked + "; " + remedy());
  }

  /** Whether there is something of this name in one of the places. */
  public boolean has(String file) {
    return places(file).stream().anyMatch(Files::exists);
  }

  private Set<Path> places(String file) {
    try {
      Set<Path> places = new LinkedHashSet<>();
      places.add(root.resolve(folder).resolve(file));
      places.add(root.resolve(file));
      return places;
    } catch (InvalidPathException e) {
      throw new DataException("'" + file + "' is no file name: " + e.getReason());
    }
  }

  private String remedy() {
    return folder.equals(FASHION_MNIST)
        ? "cordee data fashion-mnist fetches it"
        : "put it there or give the folder that holds it with --data DIR";
  }
}
