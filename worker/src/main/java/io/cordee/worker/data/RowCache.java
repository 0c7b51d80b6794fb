package io.cordee.worker.data;

import io.cordee.common.file.FolderLock;
import io.cordee.common.file.Sha256;
import io.cordee.common.file.WholeFile;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.rows.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of prepared rows: for each way to prepare some files, a folder named by a checksum of
 * what the rows depend on, used last when it was changed last. Processes of one machine share it.
 *
 * @param smallest bytes of a job's files, from which on they are prepared
 * @param print receives what takes long, and what is wrong with the folder
 */
public record RowCache(Path folder, long smallest, Consumer<String> print) {

  /** Nothing is prepared: all rows are held in memory. */
  public static final RowCache NONE = new RowCache(Path.of(""), Long.MAX_VALUE, line -> {});

  private static final int VERSION = 1;

  /** Smaller files are read in less time than files are made. */
  private static final long SMALLEST = 4 << 20;

  private static final String ROWS = "rows";
  private static final String SUMS = "sums";
  private static final String LOCK = "lock";

  /** A file that was changed as recently may be changed again within a tick of its clock. */
  private static final Duration TICK = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(200);

  /** So long another process may prepare a partition. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** The given folder, else that of the user. */
  public static RowCache in(Optional<Path> given, Consumer<String> print) {
    Map<String, String> names = System.getenv();
    Path folder =
        given.orElseGet(
            () ->
                names.containsKey("CORDEE_CACHE")
                    ? Path.of(names.get("CORDEE_CACHE"))
                    : names.containsKey("XDG_CACHE_HOME")
                        ? Path.of(names.get("XDG_CACHE_HOME"), "cordee")
                        : Path.of(System.getProperty("user.home"), ".cache", "cordee"));
    return new RowCache(folder, SMALLEST, print);
  }

  /**
   * Where a job's rows are, or may be put; empty if they are few, or not in files.
   *
   * @throws IOException if the folder cannot be made or read
   */
  Optional<Path> place(Job job, DataFolder data) throws IOException {
    DataSpec spec = job.data();
    List<Path> files = data.files(spec);
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    if (files.isEmpty() || bytes < smallest) {
      return Optional.empty();
    }
    List<String> sums = new ArrayList<>();
    for (Path file : files) {
      sums.add(sum(file));
    }
    ModelSpec model = job.model();
    Preprocessing preprocessing = spec.preprocessing();
    List<Object> key =
        List.of(
            List.of(VERSION, sums, spec.train(), spec.validation(), spec.test(), spec.split()),
            List.of(preprocessing.usual(), new TreeMap<>(preprocessing.columns())),
            List.of(preprocessing.categories(), preprocessing.unknown()),
            List.of(preprocessing.unlabelled(), preprocessing.targets(), preprocessing.ids()),
            List.of(model.inputs(), model.outputs(), model.hasOneValue()),
            List.of(model.table().isPresent(), job.partitions()));
    return Optional.of(Files.createDirectories(folder.resolve(ROWS).resolve(hash(key.toString()))));
  }

  private static String hash(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Sha256.of(new ByteArrayInputStream(bytes)).substring(0, 32);
  }

  /** Tells whether a file is another one. */
  static String stamp(Path file) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    return now.size() + " " + now.lastModifiedTime().toInstant() + " " + now.fileKey();
  }

  /** A file's checksum; that of a file that has not changed is remembered. */
  private String sum(Path file) throws IOException {
    Path note = folder.resolve(SUMS).resolve(hash(file.toRealPath().toString()));
    String stamp = stamp(file);
    if (Files.exists(note)) {
      List<String> lines = Files.readAllLines(note);
      if (lines.size() == 3 && lines.get(1).equals(stamp)) {
        return lines.get(0);
      }
    }
    Instant begun = Instant.now();
    String sum = Sha256.of(file);
    if (!stamp(file).equals(stamp)) {
      throw changed(List.of(file));
    }
    if (Files.getLastModifiedTime(file).toInstant().isBefore(begun.minus(TICK))) {
      Files.createDirectories(note.getParent());
      WholeFile.write(note, String.join("\n", sum, stamp, file.toRealPath().toString()));
    }
    return sum;
  }

  static DataException changed(List<Path> files) {
    return new DataException(
        "%s: changed while being read; start again when complete",
        files.stream().map(Path::toString).collect(Collectors.joining(", ")));
  }

  /** Waits for other processes that prepare the same rows. */
  FolderLock lock(Path place) throws IOException {
    Path file = place.resolve(LOCK);
    String refusal = "another process prepares these rows in " + place;
    for (boolean isFirst = true; ; isFirst = false) {
      try {
        return FolderLock.take(file, refusal);
      } catch (IOException e) {
        if (!refusal.equals(e.getMessage())
            || lastChange(place).isBefore(Instant.now().minus(PATIENCE))) {
          throw e;
        }
        if (isFirst) {
          print.accept(refusal + "; waiting for it");
        }
      }
      try {
        Thread.sleep(POLL.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DataException("interrupted while another process prepared rows");
      }
    }
  }

  private static Instant lastChange(Path place) throws IOException {
    return files(place).stream()
        .map(file -> file.toFile().lastModified())
        .max(Comparator.naturalOrder())
        .map(Instant::ofEpochMilli)
        .orElse(Instant.now());
  }

  private static List<Path> files(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(place)) {
      return files.toList();
    }
  }

  /**
   * Prepared rows.
   *
   * @param what they are, for people
   */
  public record Entry(Path place, long bytes, Instant used, String what) {}

  /** Those used last come first. */
  public List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path place : files(folder.resolve(ROWS))) {
      long bytes = files(place).stream().mapToLong(file -> file.toFile().length()).sum();
      Instant used = Instant.ofEpochMilli(place.toFile().lastModified());
      String what = Survey.read(place).map(Survey::what).orElse("not complete");
      entries.add(new Entry(place, bytes, used, what));
    }
    entries.sort(Comparator.comparing(Entry::used).reversed());
    return entries;
  }

  /**
   * Deletes rows, unless they are being prepared. Who has mapped them keeps them.
   *
   * @return whether they are deleted
   */
  public boolean delete(Path place) throws IOException {
    try (FolderLock lock = FolderLock.take(place.resolve(LOCK), "")) {
      empty(place);
    } catch (IOException e) {
      return false;
    }
    Files.deleteIfExists(place.resolve(LOCK));
    return Files.deleteIfExists(place);
  }

  /** Deletes all but the lock. */
  static void empty(Path place) throws IOException {
    for (Path file : files(place)) {
      if (!file.endsWith(LOCK)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Deletes what has not been used for longest, so that half of the disk's room stays free. */
  void makeRoom(long bytes, Path besides) throws IOException {
    List<Entry> entries = entries();
    long taken = entries.stream().mapToLong(Entry::bytes).sum();
    long most = (taken + folder.toFile().getUsableSpace()) / 2;
    for (int last = entries.size() - 1; last >= 0 && taken + bytes > most; last--) {
      Entry oldest = entries.get(last);
      if (!oldest.place().equals(besides) && delete(oldest.place())) {
        taken -= oldest.bytes();
        print.accept("deleted prepared rows to make room: " + oldest.what());
      }
    }
  }

  static void used(Path place) throws IOException {
    Files.setLastModifiedTime(place, FileTime.from(Instant.now()));
  }
}
