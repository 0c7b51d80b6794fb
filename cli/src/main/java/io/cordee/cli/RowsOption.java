package io.cordee.cli;

import io.cordee.common.job.Job;
import io.cordee.common.job.SourceSpec;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.DataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which rows a trained model is run on. */
final class RowsOption {

  enum Part {
    TRAIN,
    TEST
  }

  @Option(
      names = "--data",
      paramLabel = "DIR|FILE",
      description = {
        "A folder: where the job's own files are looked for (default: ./data).",
        "A file: other rows, in the format of the job's files; with IDX images, give --labels too."
      })
  private Optional<Path> data = Optional.empty();

  @Option(names = "--labels", paramLabel = "FILE", description = "The labels of IDX images.")
  private Optional<Path> labels = Optional.empty();

  @Option(
      names = "--part",
      paramLabel = "PART",
      description = "train or test: which of the job's rows (default: test, where there are any).")
  private Optional<Part> part = Optional.empty();

  /**
   * Opens the rows.
   *
   * @throws io.cordee.worker.data.DataException if they are not there or do not fit the model
   */
  DataSource open(Job job) {
    boolean isFile = data.isPresent() && !Files.isDirectory(data.get());
    Path root = isFile ? Path.of("") : data.orElse(DataFolder.DEFAULT_ROOT);
    String folder = isFile ? "" : job.data().folder();
    SourceSpec spec = isFile ? otherRows(ownRows(job), data.get()) : ownRows(job);
    return DataSource.open(spec, job.model(), new DataFolder(root, folder));
  }

  private SourceSpec ownRows(Job job) {
    if (part.isPresent() && part.get() == Part.TEST && job.data().test().isEmpty()) {
      throw CommandException.wrongUse("--part test: the model's job has no test rows");
    }
    boolean isTrain = part.isPresent() && part.get() == Part.TRAIN;
    return isTrain ? job.data().train() : job.data().test().orElse(job.data().train());
  }

  /** The given file, to be read as the job's own is. */
  private SourceSpec otherRows(SourceSpec own, Path file) {
    String name = file.toAbsolutePath().toString();
    if (own instanceof SourceSpec.Idx idx) {
      String labelsName =
          labels
              .map(path -> path.toAbsolutePath().toString())
              .orElseThrow(
                  () ->
                      CommandException.wrongUse(
                          "--data " + file + ": IDX images need --labels FILE"));
      return new SourceSpec.Idx(name, labelsName, idx.scale());
    }
    if (own instanceof SourceSpec.Csv csv) {
      return new SourceSpec.Csv(
          name,
          csv.header(),
          csv.separator(),
          csv.label(),
          csv.targets(),
          csv.classes(),
          csv.scale());
    }
    if (own instanceof SourceSpec.LibSvm libsvm) {
      return new SourceSpec.LibSvm(name, libsvm.classes(), libsvm.scale());
    }
    throw CommandException.wrongUse(
        "--data "
            + file
            + ": the model was trained on the built-in digits; give --part train or test");
  }
}
