package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.TemporaryFolder;
import io.cordee.cli.export.TrainedModel;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableFormat;
import io.cordee.server.run.RunFiles;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.DataSources;
import io.cordee.worker.data.DigitsSource;
import io.cordee.worker.data.JobRows;
import io.cordee.worker.data.JobRows.Role;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.data.format.GivenRows;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionStore;
import io.cordee.worker.data.table.TableSurvey;
import io.cordee.worker.function.JobFunctions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

public final class ModelAndRows {

  private static final Path STANDARD_INPUT = Path.of("-");

  private static final RowCache NO_CACHE = RowCache.in(Optional.empty(), line -> {});

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE|RUN",
      description = TrainedModel.OPTION)
  private Path model;

  @Option(
      names = "--data",
      paramLabel = "DIR|FILE",
      description = {
        "A folder: where the job's own files are looked for (default: where the model's run found"
            + " them, or ./data).",
        "A file, or - for standard input: other rows, in the format of the job's files: same header, separator and scale."
            + " For tables, a Parquet file may take the place of a CSV file, and the other way round. Columns with names may stand in any order, and among others. For the built-in digits: CSV without a header, 64 pixels from 0"
            + " to 16, row by row, then the label."
      })
  private Optional<Path> data = Optional.empty();

  @Option(
      names = {"--labels", "--targets"},
      paramLabel = "FILE",
      description =
          "The labels or targets of the rows in --data, where these are a file of their own, as with idx and npy;"
              + " only evaluate needs them.")
  private Optional<Path> labels = Optional.empty();

  @Option(
      names = "--part",
      paramLabel = "PART",
      description =
          "train, validation or test: which of the job's rows (default: test, where there are any, else validation,"
              + " else train).")
  private Optional<Role> part = Optional.empty();

  @Mixin private ThresholdOption threshold = new ThresholdOption();

  private RowCache cache = NO_CACHE;

  /** Of a model's job. */
  public static ModelAndRows of(Optional<Role> part, RowCache cache) {
    ModelAndRows given = new ModelAndRows();
    given.part = part;
    given.cache = cache;
    return given;
  }

  /** The threshold, if one is given. */
  public OptionalDouble threshold(TrainedModel trained) {
    return threshold.of(trained.job());
  }

  public TrainedModel trained() throws IOException {
    return TrainedModel.read(model);
  }

  /**
   * The rows with their labels or targets; those of the job as they have been prepared, if so.
   *
   * @throws DataException if the rows are not there or do not fit the model
   */
  public PartitionStore rows(TrainedModel trained) {
    Job job = trained.job();
    return Optional.of(trained)
        .filter(model -> !isFile())
        .flatMap(model -> JobRows.ifPrepared(job, folder(model), cache))
        .filter(rows -> trained.columns().difference(rows.columns()).isEmpty())
        .flatMap(rows -> rows.store(part(job)))
        .orElseGet(() -> PartitionStore.of(open(trained), job.partitions()));
  }

  private DataSource open(TrainedModel trained) {
    Job job = trained.job();
    if (isFile() && labels.isEmpty()) {
      requireInside(job);
    }
    return fitting(
        trained,
        ownPart(
            job,
            DataSources.open(spec(job), job.model(), folder(trained), trained.columns())
                .complete(job.data().preprocessing())));
  }

  /** That labels or targets stand in the file that has the features. */
  private void requireInside(Job job) {
    SourceSpec own = ownRows(job);
    if (own.files().size() > 1) {
      String what = own.hasLabels(job.model()) ? "labels" : "targets";
      throw CommandException.wrongUse(
          "--data %s: expected --%s FILE too, the %s of these rows"
              .formatted(data.get(), what, what));
    }
  }

  /**
   * Opens the features of the rows, whether or not there are labels or targets beside them.
   *
   * @throws io.cordee.worker.data.rows.DataException if they are not there or do not fit the model
   */
  public DataSource openUnlabelled(TrainedModel trained) {
    Job job = trained.job();
    if (!isFile() && job.data().split().isPresent()) {
      return open(trained); // which rows are held out goes by their labels
    }
    return fitting(
        trained,
        ownPart(
            job,
            ownRowsAsTrained(
                job,
                DataSources.openUnlabelled(
                    spec(job), job.model(), folder(trained), trained.columns()))));
  }

  /** Computes the outputs of a model, whose files are where its job finds them. */
  public static JobFunctions ownFunctions(TrainedModel trained) {
    return trained.functions(folder(trained, Optional.empty()));
  }

  /**
   * Returns the file of the features, where the rows are in one file; another of the same kind may
   * take its place in {@code --data}.
   */
  public Optional<Path> file(TrainedModel trained) {
    return ownRows(trained.job()).files().stream()
        .findFirst()
        .map(name -> folder(trained).findAll(name))
        .filter(files -> files.size() == 1)
        .map(files -> files.get(0));
  }

  /** Computes the outputs of a model. */
  public JobFunctions functions(TrainedModel trained) {
    return trained.functions(folder(trained, isFile() ? Optional.empty() : data));
  }

  /** Rows of another file are all asked for; those of the job may be dropped as in training. */
  private DataSource ownRowsAsTrained(Job job, DataSource source) {
    return isFile() ? source : source.complete(job.data().preprocessing());
  }

  /** Of rows that the job splits, those that are asked for; another file is taken whole. */
  private DataSource ownPart(Job job, DataSource source) {
    if (isFile() || job.data().split().isEmpty()) {
      return source;
    }
    Role wanted = part(job);
    boolean hasFile =
        wanted == Role.VALIDATION && job.data().validation().isPresent()
            || wanted == Role.TEST && job.data().test().isPresent();
    if (hasFile) {
      return source;
    }
    DataSource.Parts parts = source.split(job.data().split().get());
    return switch (wanted) {
      case TRAIN -> parts.train();
      case VALIDATION -> parts.validation().orElseThrow();
      case TEST -> parts.test().orElseThrow();
    };
  }

  private Role part(Job job) {
    return part.orElse(
        job.data().hasTest()
            ? Role.TEST
            : job.data().hasValidation() ? Role.VALIDATION : Role.TRAIN);
  }

  /**
   * Returns the format of rows in memory: that of the job's table or, of other rows, lines of
   * numbers without names.
   */
  public static SourceSpec.Table inMemory(Job job, String name) {
    SourceSpec own = ModelAndRows.of(Optional.empty(), NO_CACHE).ownRows(job);
    return own instanceof SourceSpec.Table table
        ? table.in(
            name, table.format() instanceof TableFormat.Csv csv ? csv : TableFormat.Csv.USUAL)
        : DigitsSource.format(name, job.model().inputs(), own.scale());
  }

  /**
   * Opens the features of rows in memory.
   *
   * @param spec of {@link #inMemory}
   * @param known columns that the model was trained on
   * @throws DataException if they do not fit the model
   */
  public static DataSource openUnlabelled(
      SourceSpec.Table spec, Job job, GivenRows rows, Columns known) {
    return fitting(known, DataSources.openUnlabelled(spec, job.model(), rows, known));
  }

  private static DataSource fitting(TrainedModel trained, DataSource source) {
    return fitting(trained.columns(), source);
  }

  private static DataSource fitting(Columns known, DataSource source) {
    Optional<String> difference = known.difference(source.columns());
    if (difference.isPresent()) {
      throw new DataException(
          "%s: differs from what the model was trained on: %s; give it rows of the same kind"
              .formatted(source.name(), difference.get()));
    }
    return source;
  }

  private boolean isFile() {
    if (labels.isPresent() && data.isEmpty()) {
      throw CommandException.wrongUse(
          "--labels " + labels.get() + ": expected --data FILE too, the rows that they belong to");
    }
    data = data.map(ModelAndRows::spooled);
    if (data.isPresent() && Files.notExists(data.get())) {
      throw CommandException.wrongUse("--data " + data.get() + ": no such file or folder");
    }
    boolean isFile = data.isPresent() && !Files.isDirectory(data.get());
    if (isFile && part.isPresent()) {
      throw CommandException.wrongUse(
          "--part names rows of the model's job, but --data gives a file; leave one of them out");
    }
    return isFile;
  }

  /** Standard input is read more than once, and so has to be a file. */
  private static Path spooled(Path given) {
    if (!given.equals(STANDARD_INPUT)) {
      return given;
    }
    try {
      Path file = TemporaryFolder.path().resolve(TemporaryFolder.STANDARD_INPUT);
      Files.copy(System.in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw CommandException.failed("cannot keep what standard input holds: " + e.getMessage());
    }
  }

  private SourceSpec spec(Job job) {
    return isFile() ? otherRows(ownRows(job), data.get()) : ownRows(job);
  }

  private DataFolder folder(TrainedModel trained) {
    return isFile() ? new DataFolder(Path.of(""), "") : folder(trained, data);
  }

  /** Where a model's job finds its files: as given, or else where it found them. */
  private static DataFolder folder(TrainedModel trained, Optional<Path> data) {
    Path run = trained.file().resolveSibling(RunFiles.JOB);
    List<Path> jobFiles = Files.isRegularFile(run) ? List.of(run) : List.of();
    Path root =
        data.or(() -> DataOption.find(trained.job(), jobFiles)).orElse(DataFolder.DEFAULT_ROOT);
    List<Path> roots = new ArrayList<>(DataFolder.rootsFor(trained.job(), root));
    roots.add(trained.file().toAbsolutePath().getParent());
    return new DataFolder(roots, trained.job().data().folder(), DataFolder.Reach.ANY_FILE);
  }

  private SourceSpec ownRows(Job job) {
    DataSpec rows = job.data();
    Role wanted = part(job);
    if (wanted == Role.TEST && !rows.hasTest()
        || wanted == Role.VALIDATION && !rows.hasValidation()) {
      throw CommandException.wrongUse(
          "--part %s: the model's job has no such rows"
              .formatted(wanted.name().toLowerCase(Locale.ROOT)));
    }
    Optional<SourceSpec> own =
        switch (wanted) {
          case TRAIN -> Optional.empty();
          case VALIDATION -> rows.validation();
          case TEST -> rows.test();
        };
    return own.orElse(rows.train());
  }

  /** The given file, to be read as the job's own is. */
  private SourceSpec otherRows(SourceSpec own, Path file) {
    String name = file.toAbsolutePath().toString();
    SourceSpec format = own.files().isEmpty() ? DigitsSource.format(name) : own;
    if (format instanceof SourceSpec.Table table) {
      TableFormat.Csv csv =
          table.format() instanceof TableFormat.Csv its ? its : TableFormat.Csv.USUAL;
      return table.in(name, TableSurvey.formatOf(file, csv));
    }
    return format.in(name, labels.map(path -> path.toAbsolutePath().toString()));
  }
}
