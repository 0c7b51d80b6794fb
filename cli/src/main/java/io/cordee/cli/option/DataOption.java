package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.job.file.Uncounted;
import io.cordee.common.model.FunctionModel;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.Resources;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.DataSources;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.table.TableCounts;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.function.JobFunctions;
import io.cordee.worker.process.FunctionProcesses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

public final class DataOption {

  /** So long a pass over the data may take before it is spoken of. */
  private static final Duration NOTICE = Duration.ofSeconds(1);

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The folder with the job's files (default: ./data).")
  private Optional<Path> data = Optional.empty();

  @Mixin private CacheOption cache = new CacheOption();

  /**
   * Counts a job's inputs and outputs in its rows, where it leaves their number to these.
   *
   * @param print receives a line if reading takes long
   */
  public void countLayers(JobOptions options, Optional<Path> jobFile, Consumer<String> print) {
    Optional<Uncounted> uncounted =
        jobFile.flatMap(file -> Uncounted.in(file, options.overrides()));
    if (uncounted.isEmpty()) {
      return;
    }
    Job job = uncounted.get().asIf(() -> 2);
    String what = uncounted.get().hasIds() ? "data.ids" : "model.layers: auto";
    if (!(job.data().train() instanceof SourceSpec.Table table)) {
      throw CommandException.wrongUse(
          what
              + " counts the columns and labels of csv and parquet; write the numbers of inputs and outputs");
    }
    root();
    Path root = data.or(() -> find(job, List.of(jobFile.get()))).orElse(DataFolder.DEFAULT_ROOT);
    DataFolder folder =
        new DataFolder(
            DataFolder.rootsFor(job, root), job.data().folder(), DataFolder.Reach.BELOW_ROOTS);
    if (!folder.has(table.file())) {
      throw CommandException.failed(
          "%s: no such file in %s; its columns are counted unless the job has %s"
              .formatted(
                  table.file(),
                  data.map(Path::toString).orElse("./data or beside the job file"),
                  uncounted.get().hasIds()
                      ? "model.inputs and data.ids.*.rows"
                      : "layers without auto"));
    }
    RowCache rows = cache.cache(print);
    Supplier<List<String>> counted = () -> counted(uncounted.get(), job, table, folder);
    reading(job, root, rows.print(), () -> rows.remembered(job, folder, counted))
        .forEach(options::add);
  }

  private static List<String> counted(
      Uncounted uncounted, Job job, SourceSpec.Table table, DataFolder folder) {
    ModelSpec model = uncounted.asIf(() -> DataSources.classes(table, job.model(), folder)).model();
    TableCounts counts =
        uncounted.needsInputs()
            ? DataSources.counts(table, model, folder, job.data())
            : new TableCounts(0, Map.of());
    return uncounted.counted(counts.inputs(), model::outputs, counts.rows()::get);
  }

  /**
   * The given folder or, if there is none, that of {@link #find}; empty for the usual one.
   *
   * @throws DataException if no folder was given, and none holds any of the job's files
   */
  public Optional<Path> path(Job job, List<Path> jobFiles) {
    root();
    if (data.isPresent()) {
      return data;
    }
    DataFolder all =
        new DataFolder(places(jobFiles), job.data().folder(), DataFolder.Reach.ANY_FILE);
    if (files(job).noneMatch(all::has)) {
      files(job).findFirst().ifPresent(all::findAll);
    }
    return find(job, jobFiles);
  }

  /**
   * The first folder that holds all files of a job: where a run has found them, the usual one, or
   * that of a job file, which may be a run's. If there is none, it is the first that holds some, so
   * that what is missing is named. Empty for the usual one.
   */
  public static Optional<Path> find(Job job, List<Path> jobFiles) {
    List<Path> places = places(jobFiles);
    return first(places, folder -> files(job).allMatch(folder::has), job)
        .or(() -> first(places, folder -> files(job).anyMatch(folder::has), job))
        .filter(place -> !place.equals(DataFolder.DEFAULT_ROOT));
  }

  private static List<Path> places(List<Path> jobFiles) {
    List<Path> places = new ArrayList<>();
    jobFiles.forEach(file -> foundBy(file).ifPresent(places::add));
    places.add(DataFolder.DEFAULT_ROOT);
    jobFiles.forEach(file -> places.add(file.toAbsolutePath().getParent()));
    return places;
  }

  /** Tells a server where the data are, for the run to be resumed from wherever that is. */
  public static List<String> forServer(Job job, Optional<Path> root) {
    return Found.in(root.orElse(DataFolder.DEFAULT_ROOT), job)
        .data()
        .map(folder -> List.of("--found", folder.toString()))
        .orElse(List.of());
  }

  private static Optional<Path> foundBy(Path jobFile) {
    try {
      return JobFile.found(jobFile).data();
    } catch (JobException e) {
      return Optional.empty(); // reported where the job itself is read
    }
  }

  private static Stream<String> files(Job job) {
    return job.data().files().stream();
  }

  private static Optional<Path> first(List<Path> places, Predicate<DataFolder> isFit, Job job) {
    return places.stream()
        .filter(place -> isFit.test(new DataFolder(place, job.data().folder())))
        .findFirst();
  }

  public CacheOption cache() {
    return cache;
  }

  /**
   * Looks at the files of a job as a worker does, before anything is made or started.
   *
   * @param root as {@link #path} has it
   * @param processes children that compute gradients, and may hold the rows
   * @param print receives a line if reading takes long
   * @return the rows, not yet in memory
   */
  public HeldRows look(
      Job job, Optional<Path> root, Optional<FunctionProcesses> processes, Consumer<String> print) {
    Path folder = root.orElse(DataFolder.DEFAULT_ROOT);
    List<Path> roots = DataFolder.rootsFor(job, folder);
    RowCache prepared = cache.cache(print);
    return reading(
        job,
        folder,
        prepared.print(), // once, however often they are read
        () -> {
          Resources resources = Resources.of(roots, prepared, processes);
          HeldRows rows = resources.rows().apply(job);
          rows.check().ifPresent(remark -> print.accept("warning: " + remark));
          if (processes.isEmpty()) {
            requireFunction(job, roots);
          }
          return rows;
        });
  }

  /** Makes a gradient function that the job names once, so that what is wrong is told now. */
  private static void requireFunction(Job job, List<Path> roots) {
    if (!(job.model() instanceof FunctionModel model) || model.function().isEmpty()) {
      return;
    }
    DataFolder folder = new DataFolder(roots, job.data().folder(), DataFolder.Reach.BELOW_ROOTS);
    int width = JobVector.of(job).optimizer().width();
    JobFunctions.of(job, FunctionProviders.installed(), folder, 1, width).make().get().close();
  }

  /** Reads a job's files; if that takes longer than a second, says so. */
  public static <T> T reading(Job job, Path folder, Consumer<String> print, Supplier<T> pass) {
    Timer timer = new Timer("reading", true);
    timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            List<String> files =
                files(job)
                    .map(file -> Path.of(file).isAbsolute() ? file : file + " in " + folder)
                    .toList();
            print.accept(
                files.isEmpty() ? "loading ..." : "reading " + String.join(", ", files) + " ...");
          }
        },
        NOTICE.toMillis());
    try {
      return pass.get();
    } finally {
      timer.cancel();
    }
  }

  public Path root() {
    if (data.isPresent() && !Files.isDirectory(data.get())) {
      throw CommandException.wrongUse("--data " + data.get() + ": no such folder");
    }
    return data.orElse(DataFolder.DEFAULT_ROOT);
  }
}
