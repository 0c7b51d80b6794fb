package io.cordee.worker.data;

import io.cordee.common.file.Draft;
import io.cordee.common.file.FolderLock;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.text.OutOfMemory;
import io.cordee.worker.data.rows.AllRows;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionStore;
import io.cordee.worker.data.rows.Partitions;
import io.cordee.worker.data.rows.PreparedFile;
import io.cordee.worker.data.rows.PreparedRows;
import io.cordee.worker.data.rows.SeenRows;
import io.cordee.worker.math.ByteScale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Timer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A job's rows, read from its files or prepared in others.
 *
 * @param remark on the training rows, for users; only of prepared rows
 */
public record JobRows(
    Columns columns,
    PartitionStore train,
    Optional<PartitionStore> validation,
    Optional<PartitionStore> test,
    Optional<String> remark) {

  /** What a worker without rows and parameters keeps of the heap. */
  public static final long AT_REST = 8 << 20;

  private static final long MB = 1 << 20;

  /** Cells of a file that are read quickly. */
  private static final long MOST_CHECKED = 5_000_000;

  /**
   * Opens files, without reading more of them than a survey needs.
   *
   * @throws DataException if files are missing or do not fit the job
   */
  private static JobRows open(Job job, DataFolder folder, Progress progress) {
    DataSpec data = job.data();
    DataSource whole =
        complete(
            DataSources.open(data.train(), job.model(), folder, data.preprocessing()),
            data,
            progress);
    Optional<DataSource.Parts> parts = data.split().map(whole::split);
    DataSource raw = parts.map(DataSource.Parts::train).orElse(whole);
    Partitions partitions = Partitions.of(raw, job.partitions());
    DataSource train = raw.preprocessed(data.preprocessing(), partitions);
    Columns columns = train.columns();
    Function<Optional<SourceSpec>, Optional<DataSource>> of =
        file ->
            file.map(spec -> DataSources.open(spec, job.model(), folder, columns))
                .map(rows -> complete(rows, data, progress));
    return new JobRows(
        columns,
        new PartitionStore(train, partitions),
        of.apply(data.validation())
            .or(() -> heldOut(columns, parts.flatMap(DataSource.Parts::validation)))
            .map(rows -> evaluated(job, train, rows)),
        of.apply(data.test())
            .or(() -> heldOut(columns, parts.flatMap(DataSource.Parts::test)))
            .map(rows -> evaluated(job, train, rows)),
        Optional.empty());
  }

  private static DataSource complete(DataSource rows, DataSpec data, Progress progress) {
    rows.tell(progress::tell);
    return rows.complete(data.preprocessing());
  }

  private static Optional<DataSource> heldOut(Columns columns, Optional<DataSource> rows) {
    return rows.map(it -> it.encoded(columns.encoding()));
  }

  private static PartitionStore evaluated(Job job, DataSource train, DataSource rows) {
    Optional<String> difference = train.columns().difference(rows.columns());
    if (difference.isPresent()) {
      throw new DataException(
          "%s: its columns differ from those of %s: %s",
          rows.name(), train.name(), difference.get());
    }
    return PartitionStore.of(rows, job.partitions());
  }

  /**
   * Prepares the rows, unless they are few, or are prepared already.
   *
   * @throws DataException if files are missing or do not fit the job, or rows to prepare are wrong
   */
  public static JobRows of(Job job, DataFolder folder, RowCache cache) {
    try {
      Optional<RowFolder> place = cache.place(job, folder);
      if (place.isPresent()) {
        Path at = place.get().path();
        Optional<Survey> found = Survey.read(at);
        Survey survey = found.isPresent() ? found.get() : prepare(job, folder, cache, place.get());
        RowCache.used(at);
        Draft.deleteDead(at, file -> true);
        return prepared(job, folder, place.get(), survey);
      }
    } catch (IOException e) {
      cache
          .print()
          .accept(
              "warning: rows cannot be prepared in %s: %s; they stay in memory; give another folder with --cache"
                  .formatted(cache.folder(), DataException.why("", e)));
    }
    return open(job, folder, Progress.of(job, cache));
  }

  /** Those that have been surveyed; reads none. */
  public static Optional<JobRows> ifPrepared(Job job, DataFolder folder, RowCache cache) {
    try {
      Optional<RowFolder> place = cache.place(job, folder);
      Optional<Survey> survey =
          place.isPresent() ? Survey.read(place.get().path()) : Optional.empty();
      survey.ifPresent(found -> RowCache.used(place.get().path()));
      return survey.map(found -> prepared(job, folder, place.get(), found));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static JobRows prepared(Job job, DataFolder folder, RowFolder place, Survey survey) {
    Columns columns = survey.columns();
    Function<Role, Optional<PartitionStore>> stores =
        role ->
            survey
                .part(role)
                .map(
                    part ->
                        new PartitionStore(
                            () -> part.of(original(job, folder, place, role, columns)),
                            part.cut(),
                            rows(job, place.path(), role, columns),
                            part.seen()));
    return new JobRows(
        columns,
        stores.apply(Role.TRAIN).orElseThrow(),
        stores.apply(Role.VALIDATION),
        stores.apply(Role.TEST),
        Optional.of(survey.remark()).filter(remark -> !remark.isEmpty()));
  }

  /** Opens the file of rows that are to be prepared; reads none. */
  private static DataSource original(
      Job job, DataFolder folder, RowFolder place, Role role, Columns columns) {
    try {
      place.requireUnchanged(folder.files(job.data()));
    } catch (IOException e) {
      throw DataException.unreadable(String.join(", ", job.data().files()), e);
    }
    return DataSources.open(role.spec(job.data()), job.model(), folder, columns);
  }

  /** What rows are for. */
  public enum Role {
    TRAIN,
    VALIDATION,
    TEST;

    /** Those that are held out come from the training rows. */
    private SourceSpec spec(DataSpec data) {
      Optional<SourceSpec> own =
          this == VALIDATION ? data.validation() : this == TEST ? data.test() : Optional.empty();
      return own.orElse(data.train());
    }
  }

  public Optional<PartitionStore> store(Role role) {
    return switch (role) {
      case TRAIN -> Optional.of(train);
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }

  private static PreparedRows rows(Job job, Path place, Role role, Columns columns) {
    ByteScale scale = new ByteScale(role.spec(job.data()).scale());
    return new PreparedRows(
        place,
        role.name().toLowerCase(Locale.ROOT),
        new PreparedFile.Form(job.model(), scale, columns.encoding().targets()));
  }

  private static Survey prepare(Job job, DataFolder folder, RowCache cache, RowFolder place)
      throws IOException {
    try (FolderLock lock = cache.lock(place.path())) {
      Optional<Survey> others = Survey.read(place.path());
      if (others.isPresent()) {
        return others.get();
      }
      place.requireUnchanged(folder.files(job.data()));
      Timer alive = cache.alive(place.path());
      try {
        return prepareLocked(job, folder, cache, place);
      } finally {
        alive.cancel();
      }
    }
  }

  private static Survey prepareLocked(
      Job job, DataFolder folder, RowCache cache, RowFolder toPrepare) throws IOException {
    Path place = Files.createDirectories(toPrepare.path());
    Draft.deleteAbandoned(place, file -> true);
    Progress progress = Progress.of(job, cache);
    JobRows opened = open(job, folder, progress);
    long bytes = opened.bytes(job, toPrepare.files());
    boolean areAllWanted = cache.isForAllRows() || starts(opened.train) == 1;
    cache.makeRoom(areAllWanted ? bytes : 0, place);
    opened.requireRoomForOne(job);
    String names = String.join(", ", job.data().files());
    progress.prepare(opened.stores().mapToInt(store -> store.partitions().count()).sum());
    try {
      List<Role> roles =
          Stream.of(Role.values()).filter(role -> opened.store(role).isPresent()).toList();
      List<PartitionStore> stores = opened.stores().toList();
      List<SeenRows> seen =
          AllRows.read(
              stores,
              opened.threads(bytes / job.partitions()),
              (store, partition, its) -> {
                Role role = roles.get(stores.indexOf(store));
                PreparedRows rows = rows(job, place, role, opened.columns);
                progress.prepared(areAllWanted ? rows.write(partition, its) : 0);
              });
      List<Survey.Part> parts =
          IntStream.range(0, roles.size())
              .mapToObj(i -> Survey.Part.of(roles.get(i), stores.get(i), seen.get(i)))
              .toList();
      String remark = opened.check(job).orElse("");
      toPrepare.requireUnchanged(folder.files(job.data()));
      long count = parts.stream().mapToLong(Survey.Part::rows).sum();
      String what = "%,d rows of %s".formatted(count, names);
      Survey survey = Survey.of(opened.columns, parts, remark, what);
      survey.write(place);
      return survey;
    } catch (IOException | RuntimeException e) {
      RowCache.empty(place); // of a full disk, above all
      throw e;
    }
  }

  /** How many places of the file are indexed, at each of which a reader may begin. */
  private static int starts(PartitionStore store) {
    return store.source().index().length / 4;
  }

  /**
   * As many as may read at once.
   *
   * @param each bytes of a partition
   */
  private int threads(long each) {
    long most = OutOfMemory.share() / 4 / Math.max(1, each); // with what is read, packed and copied
    int processors = Runtime.getRuntime().availableProcessors();
    return (int)
        Math.max(
            1,
            LongStream.of(processors, most, starts(train), train.partitions().count())
                .min()
                .getAsLong());
  }

  /** About as many as prepared rows take. */
  private long bytes(Job job, List<Path> files) {
    int each = job.data().train().leastBytes();
    long cells = stores().mapToLong(it -> it.partitions().rows()).sum() * inputs(job);
    return Math.max(cells * each, files.stream().mapToLong(file -> file.toFile().length()).sum());
  }

  /** Numbers that are kept of a row, at least; an id takes some four with its place. */
  private static int inputs(Job job) {
    ModelSpec model = job.model();
    return model.inputs() - model.fromTables() + 4 * model.ids().size();
  }

  public Stream<PartitionStore> stores() {
    return Stream.of(Optional.of(train), validation, test).flatMap(Optional::stream);
  }

  /**
   * Checks all rows of files that are not too large, before waiting for anybody.
   *
   * @return a remark for users on the training rows
   * @throws DataException with all wrong rows of a file, or many of them
   */
  public Optional<String> check(Job job) {
    if (train.isPrepared()) {
      return remark;
    }
    List<Optional<String>> remarks = stores().map(store -> check(store, job)).toList();
    return remarks.get(0);
  }

  private static Optional<String> check(PartitionStore store, Job job) {
    long cells = store.partitions().rows() * inputs(job);
    return cells <= MOST_CHECKED ? store.source().check() : Optional.empty();
  }

  public static int largest(PartitionStore store) {
    Partitions parts = store.partitions();
    return IntStream.range(0, parts.count()).map(parts::size).max().orElse(1);
  }

  /** Refuses a heap in which not even one partition can be read, if that is needed. */
  public void requireRoomForOne(Job job) {
    boolean isWide = job.data().train().hasColumns() && !train.isWhole();
    int least = isWide ? Float.BYTES : 0; // of a feature
    requireRoom((long) largest(train) * inputs(job) * least);
  }

  /**
   * @param each bytes of a partition, with its slices
   * @throws DataException if memory is too small for one
   */
  public void requireRoom(long each) {
    if (each + AT_REST > OutOfMemory.share()) {
      throw new DataException(
          "this worker has no memory for one of the %d partitions, of up to %d MB each; start it"
              + " with %s%s",
          train.partitions().count(),
          1 + each / MB,
          OutOfMemory.option(each + AT_REST),
          each > AT_REST ? ", or raise partitions" : "");
    }
  }
}
