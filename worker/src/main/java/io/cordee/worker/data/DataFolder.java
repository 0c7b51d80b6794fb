package io.cordee.worker.data;

import io.cordee.common.file.Sha256;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.model.FunctionModel;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.text.OutsideText;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.ExternalRows;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Where a job's files are looked for: in each root, {@code root/folder/file}, then {@code
 * root/file}; a job from elsewhere may name the root itself first, as {@code data/file} does.
 *
 * @param folder the job's folder below them; empty for the data folders themselves
 * @param external rows that are not in files
 */
public record DataFolder(
    List<Path> roots, String folder, Reach reach, ExternalRows.Finder external) {

  public static final Path DEFAULT_ROOT = Path.of("data");

  /** What is fetched into folders of these names. */
  private static final Map<String, Pattern> FETCHED =
      Map.of(
          "fashion-mnist", Pattern.compile(".*-idx[13]-ubyte(\\.gz)?"),
          "flights", Pattern.compile("flights\\.csv"),
          "brown", Pattern.compile("brown\\.csv"));

  private static final int LONGEST_NAME = 200;

  public enum Reach {
    /** Any, by an absolute path too: the job belongs to the user who runs this process. */
    ANY_FILE,
    /** Those below the roots, wherever links lead: the job comes from elsewhere. */
    BELOW_ROOTS
  }

  public DataFolder {
    roots = List.copyOf(roots);
  }

  public DataFolder(List<Path> roots, String folder, Reach reach) {
    this(roots, folder, reach, ExternalRows.Finder.EMPTY);
  }

  /** No files: external rows alone. */
  public static DataFolder without(ExternalRows.Finder external) {
    return new DataFolder(List.of(), "", Reach.BELOW_ROOTS, external);
  }

  /** For a user's own job. */
  public DataFolder(Path root, String folder) {
    this(List.of(root), folder, Reach.ANY_FILE);
  }

  /**
   * The data folders with which a worker finds the files of a user's own job: the root, and those
   * of files elsewhere, also by links.
   */
  public static List<Path> rootsFor(Job job, Path root) {
    List<Path> given = new ArrayList<>(List.of(root));
    besideFirstWeights(job.model()).ifPresent(given::add);
    DataFolder own = new DataFolder(given, job.data().folder(), Reach.ANY_FILE);
    List<Path> roots = new ArrayList<>(given);
    for (String file : job.data().files()) {
      for (Path found : own.existing(file).map(DataFolder::listed).orElse(List.of())) {
        addParent(found.toAbsolutePath().normalize(), roots);
        real(found).ifPresent(real -> addParent(real, roots));
      }
    }
    return roots;
  }

  /** A function's file usually lies beside its first weights. */
  private static Optional<Path> besideFirstWeights(ModelSpec model) {
    return model instanceof FunctionModel function && function.file().isPresent()
        ? Optional.ofNullable(Path.of(function.weights().file()).getParent())
        : Optional.empty();
  }

  private static void addParent(Path file, List<Path> roots) {
    if (roots.stream().noneMatch(root -> holds(root, file))) {
      roots.add(file.getParent());
    }
  }

  /**
   * A file that exists and can be read repeatedly.
   *
   * @throws DataException naming every place searched
   */
  public Path find(String file) {
    return readable(first(file, Files::exists));
  }

  private Path first(String file, Predicate<Path> exists) {
    Set<Path> all = places(file);
    // The system is asked nothing about what lies outside, not even whether it exists.
    List<Path> allowed =
        reach == Reach.ANY_FILE ? List.copyOf(all) : all.stream().filter(this::staysBelow).toList();
    return allowed.stream()
        .filter(exists)
        .findFirst()
        .orElseThrow(() -> allowed.size() < all.size() ? outside(file) : missing(file, all));
  }

  /**
   * The files that a job names by one name: a file, or those of a folder or of a pattern such as
   * {@code part-*.csv}, by name, without those whose names begin with a dot or an underscore, and
   * without empty ones among others.
   *
   * @throws DataException if there is none
   */
  public List<Path> findAll(String file) {
    Path first = first(file, DataFolder::exists);
    List<Path> found = listed(first);
    if (found.isEmpty()) {
      throw new DataException(first + " is a folder without files; expected data files in it");
    }
    if (reach == Reach.BELOW_ROOTS && !found.stream().allMatch(this::staysBelow)) {
      throw outside(file);
    }
    List<Path> files = found.stream().map(DataFolder::readable).toList();
    List<Path> filled = files.stream().filter(each -> each.toFile().length() > 0).toList();
    return filled.isEmpty() ? files : filled;
  }

  /** All files that a job names. */
  List<Path> files(DataSpec job) {
    return job.files().stream().flatMap(file -> findAll(file).stream()).toList();
  }

  /** A file itself, or those of a folder or a pattern. */
  private static List<Path> listed(Path place) {
    boolean isFolder = Files.isDirectory(place);
    String glob = isFolder ? "*" : place.getFileName().toString();
    if (!isFolder && Files.exists(place)) {
      return List.of(place);
    }
    if (!glob.contains("*") && !glob.contains("?")) {
      return List.of();
    }
    List<Path> files = new ArrayList<>();
    try (var all = Files.newDirectoryStream(isFolder ? place : place.getParent(), glob)) {
      for (Path file : all) {
        if (!file.getFileName().toString().matches("[._].*")) {
          files.add(file);
        }
      }
    } catch (IOException | DirectoryIteratorException | PatternSyntaxException e) {
      return List.of(); // it is reported as missing
    }
    Collections.sort(files);
    return files;
  }

  /**
   * @throws DataException if these files, concatenated, are not those that the job asks for
   */
  void requireSum(List<String> files, String sha256) {
    String names = String.join(" and ", files);
    try {
      String found =
          Sha256.of(files.stream().flatMap(file -> findAll(file).stream()).toArray(Path[]::new));
      if (!found.equals(sha256)) {
        throw new DataException(
            "%s: expected the sha256 %s, as the job has it; found %s; get the file that the job means",
            shown(names), sha256, found);
      }
    } catch (IOException e) {
      throw DataException.unreadable(names, e);
    }
  }

  private static Path readable(Path place) {
    if (Files.isDirectory(place)) {
      throw new DataException(place + " is a directory; expected a data file");
    }
    if (!Files.isRegularFile(place)) {
      throw new DataException(
          place + " is a pipe or a device; expected a file, since data are read more than once");
    }
    if (!Files.isReadable(place)) {
      throw new DataException(place + " may not be read by this user; check its permissions");
    }
    return place;
  }

  public boolean has(String file) {
    return existing(file).isPresent();
  }

  private Optional<Path> existing(String file) {
    return places(file).stream().filter(DataFolder::exists).findFirst();
  }

  private static boolean exists(Path place) {
    return Files.exists(place) || !listed(place).isEmpty();
  }

  private Set<Path> places(String file) {
    try {
      Set<Path> places = new LinkedHashSet<>();
      for (Path root : roots) {
        places.add(root.resolve(folder).resolve(file));
        places.add(root.resolve(file));
      }
      for (Path root : reach == Reach.BELOW_ROOTS ? roots : List.<Path>of()) {
        Path whole = root.toAbsolutePath().normalize();
        if (whole.getFileName() != null && Path.of(file).startsWith(whole.getFileName())) {
          places.add(whole.resolveSibling(file));
        }
      }
      return places;
    } catch (InvalidPathException e) {
      throw new DataException("'" + shown(file) + "' is no file name: " + e.getReason());
    }
  }

  /** By its name, and by where links lead, as far as the path exists. */
  private boolean staysBelow(Path place) {
    if (!isBelow(place.toAbsolutePath().normalize())) {
      return false;
    }
    for (Path at = place.toAbsolutePath(); isBelow(at.normalize()); at = at.getParent()) {
      Optional<Path> real = real(at);
      if (real.isPresent()) {
        return isBelow(real.get());
      }
    }
    return true;
  }

  private boolean isBelow(Path place) {
    return roots.stream().anyMatch(root -> holds(root, place));
  }

  private static boolean holds(Path root, Path place) {
    return place.startsWith(root.toAbsolutePath().normalize())
        || real(root).filter(place::startsWith).isPresent();
  }

  private static Optional<Path> real(Path place) {
    try {
      return Optional.of(place.toRealPath());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private DataException missing(String file, Set<Path> places) {
    String looked =
        places.stream()
            .map(place -> place.toAbsolutePath().normalize().toString())
            .collect(Collectors.joining(" and at "));
    return new DataException(
        "data file "
            + shown(file)
            + " not found; looked for it at "
            + looked
            + "; "
            + remedy(file));
  }

  private static DataException outside(String file) {
    return new DataException(
        "the job asks for the data file %s, which is outside of this worker's data folder, or leads there by a link; put it below --data, or give the folder that holds it with another --data DIR"
            .formatted(shown(file)));
  }

  private static String shown(String file) {
    return OutsideText.printable(file, LONGEST_NAME);
  }

  private String remedy(String file) {
    return FETCHED.containsKey(folder) && FETCHED.get(folder).matcher(file).matches()
        ? "cordee data " + folder + " fetches it"
        : "put it there or give the folder that holds " + shown(file) + " with --data DIR";
  }
}
