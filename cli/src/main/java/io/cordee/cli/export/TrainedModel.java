package io.cordee.cli.export;

import io.cordee.cli.commandline.CommandException;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelFile;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.SavedRun;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.function.FunctionCalls;
import io.cordee.worker.function.FunctionException;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.function.JobFunctions;
import io.cordee.worker.model.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model file and the job that made it.
 *
 * @param parameters the parameter vector; not copied
 * @param metadata what training says of it
 */
public record TrainedModel(Path file, Job job, float[] parameters, Map<String, String> metadata) {

  /** What the option that names a model says. */
  public static final String OPTION =
      "A file of weights that training wrote, or a run's folder: its best.safetensors, if it has"
          + " one, else its model.safetensors.";

  private static final int GRADIENTS_ONLY = 1;

  /** Computed by one thread. */
  private static final int ROWS_OF_PART = 16 * Network.MICRO_BATCH;

  /**
   * @param path a file that training wrote, or a run's folder: then its best weights, or the last
   *     if it keeps no others
   */
  public static TrainedModel read(Path path) throws IOException {
    Path file = file(path);
    try {
      ModelFile model = ModelFile.read(file);
      String yaml = model.metadata().get(SavedRun.JOB);
      if (yaml == null) {
        throw CommandException.failed(
            file
                + ": no job in its metadata; expected a model.safetensors that cordee train wrote");
      }
      Job job = JobFile.parse(yaml, file.toString(), List.of());
      if (!job.model().equals(model.model())) {
        throw CommandException.failed(file + ": its model is not that of the job it holds");
      }
      boolean isEncoded = !job.data().preprocessing().isNone() && !job.data().train().isExternal();
      if (isEncoded && !model.metadata().containsKey(Found.ENCODING)) {
        throw CommandException.failed(
            file
                + ": its metadata do not say how columns are encoded; it is damaged, or another"
                + " version's");
      }
      return new TrainedModel(file, job, model.parameters(), model.metadata());
    } catch (JobException e) {
      throw CommandException.failed(e.getMessage());
    }
  }

  /**
   * Returns the file that a path names: of a run's folder, that of its best weights or its last.
   */
  public static Path file(Path path) {
    Path best = path.resolve(RunFiles.BEST);
    return Files.isDirectory(path)
        ? Files.exists(best) ? best : path.resolve(RunFiles.MODEL)
        : path;
  }

  public TrainedModel {
    metadata = Map.copyOf(metadata);
  }

  /** Of the rows that it was trained on. */
  public Columns columns() {
    return new Columns(
        metadata.getOrDefault(Found.COLUMNS, ""),
        metadata.getOrDefault(Found.TARGETS, ""),
        encoding(),
        metadata.getOrDefault(Found.CLASSES, ""),
        metadata.getOrDefault(Found.SPLIT, ""));
  }

  public TableEncoding encoding() {
    try {
      return TableEncoding.parse(metadata.getOrDefault(Found.ENCODING, ""));
    } catch (IllegalArgumentException e) {
      throw CommandException.failed(
          "%s: %s in its metadata: %s".formatted(file, Found.ENCODING, e.getMessage()));
    }
  }

  Layout layout() {
    return job.model().layout();
  }

  /** What the job divides the features by before the network sees them. */
  double scale() {
    return job.data().train().scale();
  }

  /** The texts of the classes, by index; none if rows are labelled with the index itself. */
  public List<String> classes() {
    List<String> given = job.data().train().classes();
    return given.isEmpty() ? columns().classNames() : given;
  }

  /** What to call each class: its text or, of a model that knows none, its index. */
  public List<String> classNames() {
    List<String> texts = classes();
    return texts.isEmpty()
        ? IntStream.range(0, Math.max(2, job.model().outputs())).mapToObj(k -> "" + k).toList()
        : texts;
  }

  /** {@code folder} has the files of the model's function, if any. */
  public JobFunctions functions(DataFolder folder) {
    return JobFunctions.of(
        job, FunctionProviders.installed(), folder, Network.MICRO_BATCH, GRADIENTS_ONLY);
  }

  /** On all processors. */
  public Tally measure(PartitionRows rows, JobFunctions functions) {
    return measure(rows.count(), rows::select, functions);
  }

  /** The same of some rows that are selected by their indices, all below {@code count}. */
  public Tally measure(int count, Function<int[], Rows> rows, JobFunctions functions) {
    return parts(count)
        .map(
            part ->
                using(
                    functions,
                    it ->
                        FunctionException.wrapping(
                            "evaluation",
                            () ->
                                FunctionCalls.measure(
                                    it, parameters, rows.apply(part), job.model().outputs()))))
        .toList()
        .stream()
        .reduce(Tally::plus) // in order, whatever processors there are
        .orElseThrow();
  }

  /** The outputs, [rows, outputs], on all processors; scaled targets are scaled back. */
  public float[] outputs(PartitionRows rows, JobFunctions functions) {
    int width = job.model().outputs();
    float[] all = new float[rows.count() * width];
    parts(rows.count())
        .forEach(
            part -> {
              float[] some = using(functions, it -> outputs(rows.select(part), it));
              System.arraycopy(some, 0, all, part[0] * width, some.length);
            });
    encoding().decode(all);
    return all;
  }

  /** The outputs of some rows by a function of this thread's own, as the network gives them. */
  public float[] outputs(Rows rows, GradientFunction function) {
    float[] outputs = new float[rows.count() * job.model().outputs()];
    FunctionException.wrapping(
        "evaluation",
        () -> {
          function.predict(parameters, rows, outputs);
          return outputs;
        });
    return outputs;
  }

  private static Stream<int[]> parts(int rows) {
    return IntStream.range(0, (rows + ROWS_OF_PART - 1) / ROWS_OF_PART)
        .parallel()
        .mapToObj(
            part ->
                IntStream.range(part * ROWS_OF_PART, Math.min(rows, (part + 1) * ROWS_OF_PART))
                    .toArray());
  }

  /** Calls a function of this thread's own. */
  private static <T> T using(JobFunctions functions, Function<GradientFunction, T> work) {
    try (GradientFunction function = functions.make().get()) {
      return work.apply(function);
    }
  }
}
