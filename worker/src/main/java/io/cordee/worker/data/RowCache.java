package io.cordee.worker.data;

import io.cordee.common.file.FolderLock;
import io.cordee.common.file.Sha256;
import io.cordee.common.file.WholeFile;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.rows.DataException;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of prepared rows: for each way to prepare some files, a folder named by a checksum of
 * what the rows depend on, used last when it was changed last. Processes of one machine share it.
 *
 * @param smallest bytes of a job's files, from which on they are prepared
 * @param print receives progress, and warnings about the folder
 * @param isForAllRows whether all rows are prepared at once, rather than those of a partition when
 *     it is wanted: by one process for all of a machine
 */
public record RowCache(Path folder, long smallest, Consumer<String> print, boolean isForAllRows) {

  /** Nothing is prepared: all rows are held in memory. */
  public static final RowCache NONE = new RowCache(Path.of(""), Long.MAX_VALUE, line -> {}, true);

  private static final Logger LOG = LoggerFactory.getLogger(RowCache.class);

  /** Of prepared rows within a version of Cordee. */
  private static final int VERSION = 4;

  /** Smaller files are read in less time than files are made. */
  private static final long SMALLEST = 4 << 20;

  private static final String ROWS = "rows";
  private static final String SUMS = "sums";
  private static final String NOTES = "notes";
  private static final String LOCKS = "locks";

  /** Why rows that are being prepared are not deleted. */
  public static final String IN_USE = "another process is preparing these rows";

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  /** A file that was changed as recently may be changed again within a tick of its clock. */
  private static final Duration TICK = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(200);

  private static final Duration ALIVE = Duration.ofSeconds(5);

  /** With a process that shows no sign of life. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** The given folder, else that of the user. */
  public static RowCache in(Optional<Path> given, Consumer<String> print) {
    Path folder =
        given
            .or(() -> named("CORDEE_CACHE"))
            .or(() -> named("XDG_CACHE_HOME").filter(Path::isAbsolute).map(RowCache::ours))
            .orElseGet(() -> ours(Path.of(System.getProperty("user.home"), ".cache")));
    return new RowCache(folder, SMALLEST, print, true);
  }

  /** For a team with machines of its own for each worker. */
  public RowCache forOwnRows() {
    return new RowCache(folder, smallest, print, false);
  }

  private static Optional<Path> named(String variable) {
    return Optional.ofNullable(System.getenv(variable))
        .filter(name -> !name.isEmpty())
        .map(Path::of);
  }

  private static Path ours(Path caches) {
    return caches.resolve("cordee");
  }

  /**
   * Empty if the rows are few, or not in files.
   *
   * @throws DataException if a file is missing or cannot be read
   */
  Optional<RowFolder> place(Job job, DataFolder data) {
    DataSpec spec = job.data();
    List<List<Path>> found = spec.files().stream().map(data::findAll).toList();
    List<Path> files = found.stream().flatMap(List::stream).toList();
    try {
      long bytes = 0;
      for (Path file : files) {
        bytes += Files.size(file);
      }
      if (files.isEmpty() || bytes < smallest) {
        return Optional.empty();
      }
      List<String> stamps = RowFolder.stamps(files);
      ModelSpec model = job.model();
      List<Object> key = new ArrayList<>();
      key.add(RowCache.class.getPackage().getImplementationVersion());
      key.addAll(List.of(VERSION, JobFile.writeData(job), job.partitions()));
      key.addAll(List.of(model.inputs(), model.outputs(), model.hasOneValue()));
      key.add(model.table().isPresent());
      for (List<Path> ofName : found) {
        List<String> sums = new ArrayList<>();
        for (Path file : ofName) {
          sums.add(sum(file));
        }
        key.add(sums);
      }
      Path folder = this.folder.resolve(ROWS).resolve(hash(key.toString()));
      return Optional.of(new RowFolder(folder, files, stamps));
    } catch (IOException e) {
      throw DataException.unreadable(String.join(", ", spec.files()), e);
    }
  }

  /** Lines that follow from a job and its files, unless these are small. */
  public List<String> remembered(Job job, DataFolder data, Supplier<List<String>> work) {
    Optional<RowFolder> place = place(job, data);
    try {
      if (place.isPresent()) {
        String key = hash(place.get().path().getFileName() + JobFile.write(job));
        Path note = make(NOTES).resolve(key);
        Optional<String> lines = Survey.readSummed(note);
        if (lines.isEmpty()) {
          lines = Optional.of(String.join("\n", work.get()));
          Survey.writeSummed(note, lines.get());
        }
        return lines.get().lines().toList();
      }
    } catch (IOException e) {
      LOG.debug("nothing can be remembered in {}", folder, e);
    }
    return work.get();
  }

  private static String hash(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Sha256.of(new ByteArrayInputStream(bytes)).substring(0, 32);
  }

  /** A file's checksum; that of a file that has not changed is remembered. */
  private String sum(Path file) throws IOException {
    Path note = folder.resolve(SUMS).resolve(hash(file.toRealPath().toString()));
    String stamp = RowFolder.stamp(file);
    try {
      List<String> lines = Files.readAllLines(note);
      if (lines.size() == 3 && lines.get(1).equals(stamp)) {
        return lines.get(0);
      }
    } catch (IOException e) {
      LOG.debug("no checksum is remembered of {}", file, e);
    }
    Instant begun = Instant.now();
    String sum = Sha256.of(file);
    if (!RowFolder.stamp(file).equals(stamp)) {
      throw RowFolder.changed(List.of(file));
    }
    if (Files.getLastModifiedTime(file).toInstant().isBefore(begun.minus(TICK))) {
      String content = String.join("\n", sum, stamp, file.toRealPath().toString());
      try {
        make(SUMS);
        WholeFile.write(note, content);
      } catch (IOException e) {
        LOG.debug("the checksum of {} is not remembered", file, e);
      }
    }
    return sum;
  }

  /** Makes a folder in that of the cache, which only its user may read if it is new. */
  private Path make(String name) throws IOException {
    boolean isPosix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (isPosix) {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
    }
    return Files.createDirectories(folder.resolve(name));
  }

  /** Lock files are never deleted: otherwise two processes could hold the same one. */
  private FolderLock take(Path place) throws IOException {
    return FolderLock.take(make(LOCKS).resolve(place.getFileName()), IN_USE);
  }

  /** Waits for other processes that prepare the same rows. */
  FolderLock lock(Path place) throws IOException {
    Instant begun = Instant.now();
    for (boolean isFirst = true; ; isFirst = false) {
      try {
        return take(place);
      } catch (IOException e) {
        Instant alive = Instant.ofEpochMilli(lockOf(place).lastModified());
        Instant latest = alive.isAfter(begun) ? alive : begun;
        if (!IN_USE.equals(e.getMessage()) || latest.isBefore(Instant.now().minus(PATIENCE))) {
          throw e;
        }
        if (isFirst) {
          print.accept(IN_USE + " in " + place + "; waiting for it");
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

  private File lockOf(Path place) {
    return folder.resolve(LOCKS).resolve(place.getFileName()).toFile();
  }

  /** Until it is cancelled, tells those who wait that this process lives. */
  Timer alive(Path place) {
    Timer timer = new Timer("preparing", true);
    TimerTask touch =
        new TimerTask() {
          @Override
          public void run() {
            lockOf(place).setLastModified(System.currentTimeMillis());
          }
        };
    timer.schedule(touch, 0, ALIVE.toMillis());
    return timer;
  }

  private static List<Path> files(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(place)) {
      return files.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Prepared rows.
   *
   * @param what they are, for people
   */
  public record Entry(Path place, long bytes, Instant used, String what) {}

  /** The most recently used first; skips what cannot be read. */
  public List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path place : files(folder.resolve(ROWS))) {
      if (!place.getFileName().toString().matches("[0-9a-f]{32}")) {
        continue; // not ours
      }
      Instant used = Instant.ofEpochMilli(place.toFile().lastModified());
      try {
        long bytes = files(place).stream().mapToLong(file -> file.toFile().length()).sum();
        String what = Survey.read(place).map(Survey::what).orElse("not complete");
        entries.add(new Entry(place, bytes, used, what));
      } catch (IOException e) {
        LOG.warn("cannot read {}", place, e);
      }
    }
    entries.sort(Comparator.comparing(Entry::used).reversed());
    return entries;
  }

  /**
   * Deletes rows, unless they are being prepared. Processes that have mapped them keep them.
   *
   * @return why they are kept; empty if they are deleted
   */
  public Optional<String> delete(Path place) {
    try (FolderLock lock = take(place)) {
      empty(place);
      Files.deleteIfExists(place);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(DataException.why("", e));
    }
  }

  /** Forgets what is known of files: their checksums, and the lines that follow from them. */
  public void forgetFiles() throws IOException {
    empty(folder.resolve(SUMS));
    empty(folder.resolve(NOTES));
  }

  static void empty(Path place) throws IOException {
    for (Path file : files(place)) {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Deletes what has not been used for longest, so that half of the disk's room stays free.
   *
   * @throws IOException if there is no room even so; then nothing is deleted
   */
  void makeRoom(long bytes, Path besides) throws IOException {
    List<Entry> entries = entries();
    long taken = entries.stream().mapToLong(Entry::bytes).sum();
    long all = taken + folder.toFile().getUsableSpace();
    if (bytes > all) {
      throw new IOException(
          "they take about %,d MB; its disk has %,d MB for them".formatted(bytes >> 20, all >> 20));
    }
    for (int last = entries.size() - 1; last >= 0 && taken + bytes > all / 2; last--) {
      Entry oldest = entries.get(last);
      if (!oldest.place().equals(besides) && delete(oldest.place()).isEmpty()) {
        taken -= oldest.bytes();
        print.accept("deleted prepared rows to make room: " + oldest.what());
      }
    }
  }

  /** Marks them as used now, unless they are another user's. */
  static void used(Path place) {
    place.toFile().setLastModified(System.currentTimeMillis());
  }
}
