package io.cordee.server.checkpoint;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.CheckpointReader;
import io.cordee.common.file.Draft;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.reduce.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of one shard's checkpoints: {@code round-00000050.checkpoint} holds version 50. The
 * files of shard I of several have {@code .shard-I-of-S} in front of the dot.
 */
public final class CheckpointFolder {

  private static final String CHECKPOINT = ".checkpoint";

  private final Path folder;
  private final String shard;

  /**
   * @param folder made when it is first written to
   */
  public CheckpointFolder(Path folder, Shard shard) {
    this.folder = folder;
    this.shard = shard.count() == 1 ? "" : ".shard-" + shard.number() + "-of-" + shard.count();
  }

  public Path path() {
    return folder;
  }

  public Path checkpoint(int version) {
    return folder.resolve("round-%08d%s%s".formatted(version, shard, CHECKPOINT));
  }

  /** Of a checkpoint that adds to one that cannot be read. */
  public static IOException withoutBase(Path file, int base) {
    return new IOException(file + ": adds to round " + base + ", which is missing or damaged");
  }

  /** How many shards wrote the files in a folder; empty if there are none, or they disagree. */
  public static OptionalInt shardsOf(Path folder) throws IOException {
    Pattern name = Pattern.compile("round-\\d+(?:\\.shard-\\d+-of-(\\d{1,4}))?\\.checkpoint");
    Set<Integer> counts = new TreeSet<>();
    for (Matcher found : find(folder, name)) {
      counts.add(found.group(1) == null ? 1 : Integer.parseInt(found.group(1)));
    }
    return counts.size() == 1 ? OptionalInt.of(counts.iterator().next()) : OptionalInt.empty();
  }

  private static List<Matcher> find(Path folder, Pattern name) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> name.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .toList();
    }
  }

  /** The checkpoints, sound or not, by version. */
  public NavigableMap<Integer, Path> checkpoints() throws IOException {
    NavigableMap<Integer, Path> found = new TreeMap<>();
    for (Matcher name : find(folder, name())) {
      found.put(Integer.parseInt(name.group(1)), folder.resolve(name.group()));
    }
    return found;
  }

  private Pattern name() {
    return Pattern.compile("round-(\\d{8,9})" + Pattern.quote(shard + CHECKPOINT));
  }

  /** Returns the headers of the checkpoints that have one, newest first. */
  List<CheckpointHeader> headers() throws IOException {
    return checkpoints().descendingMap().values().stream()
        .flatMap(file -> header(file).stream())
        .toList();
  }

  /** Returns the header of a file; nothing if it is damaged, which its reader reports. */
  static Optional<CheckpointHeader> header(Path file) {
    try (CheckpointReader reader = CheckpointReader.open(file)) {
      return Optional.of(reader.header());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Returns true if another run has written a file; a damaged one is for its reader to report. */
  static boolean isOfAnotherRun(Path file, String run) {
    try {
      return !run.isEmpty()
          && header(file)
              .filter(header -> !JobFile.found(header.job(), file.toString()).run().equals(run))
              .isPresent();
    } catch (JobException e) {
      return false;
    }
  }

  /** Deletes what other runs have left, which would count among those that are kept. */
  void deleteOtherRuns(String run) throws IOException {
    for (Path file : checkpoints().values()) {
      if (isOfAnotherRun(file, run)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static int base(Path file) {
    return header(file).map(CheckpointHeader::base).orElse(CheckpointHeader.WHOLE);
  }

  /** Makes the folder, and deletes what this shard left half written when it was killed. */
  void make() throws IOException {
    Files.createDirectories(folder);
    Draft.deleteAbandoned(folder, name().asMatchPredicate());
  }

  /**
   * Deletes older checkpoints, unless others add to them.
   *
   * @param newest a version that was read or written as a whole
   * @param keep how many stay, this one included
   */
  void prune(int newest, int keep) throws IOException {
    Set<Integer> bases = new HashSet<>();
    int stay = keep;
    for (var entry : checkpoints().descendingMap().entrySet()) {
      int version = entry.getKey();
      boolean isKept = version > newest || stay-- > 0;
      if (isKept || bases.contains(version)) {
        bases.add(base(entry.getValue()));
      } else {
        Files.deleteIfExists(entry.getValue());
      }
    }
  }
}
