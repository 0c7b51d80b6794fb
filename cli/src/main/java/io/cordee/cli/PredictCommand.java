package io.cordee.cli;

import io.cordee.cli.console.ConfusionMatrix;
import io.cordee.common.job.Job;
import io.cordee.worker.data.DataException;
import io.cordee.worker.data.DataSource;
import io.cordee.worker.model.Rows;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A trained model's outputs. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Writes a trained model's outputs for rows as CSV: row, predicted class, an output a column.",
      "Without classes (a regression), the predicted class is left out."
    },
    footer = {
      "",
      "Example:",
      "  cordee predict --model runs/20260101-120000-digits/model.safetensors --out predictions.csv"
    })
final class PredictCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "A model.safetensors that training has written.")
  private Path model;

  @Mixin private RowsOption rows;

  @Option(names = "--out", paramLabel = "CSV", description = "A file (default: standard output).")
  private Optional<Path> out = Optional.empty();

  @Override
  public Integer call() {
    Logging.warningsOnly();
    TrainedModel trained = TrainedModel.read(model);
    try {
      DataSource source = rows.open(trained.job());
      Rows all = source.read(0, source.rows());
      float[] outputs = new float[all.count() * trained.job().model().outputs()];
      trained.network().predict(trained.parameters(), all, outputs);
      write(trained.job(), all.count(), outputs);
      return 0;
    } catch (DataException | IllegalStateException e) {
      throw CommandException.failed(e.getMessage());
    } catch (IOException e) {
      throw CommandException.failed(Errors.text(e));
    }
  }

  private void write(Job job, int count, float[] outputs) throws IOException {
    if (out.isEmpty()) {
      print(job, count, outputs, spec.commandLine().getOut());
      return;
    }
    try (PrintWriter writer =
        new PrintWriter(Files.newBufferedWriter(out.get(), StandardCharsets.UTF_8))) {
      print(job, count, outputs, writer);
      if (writer.checkError()) {
        throw new IOException("cannot write " + out.get() + "; is the disk full?");
      }
    }
  }

  private static void print(Job job, int count, float[] outputs, PrintWriter writer) {
    int width = job.model().outputs();
    StringBuilder header = new StringBuilder(job.hasLabels() ? "row,class" : "row");
    for (int k = 0; k < width; k++) {
      header.append(",output").append(k);
    }
    writer.println(header);
    for (int row = 0; row < count; row++) {
      StringBuilder line = new StringBuilder().append(row);
      if (job.hasLabels()) {
        line.append(',').append(ConfusionMatrix.classOf(outputs, row, width));
      }
      for (int k = 0; k < width; k++) {
        line.append(',').append(outputs[row * width + k]);
      }
      writer.println(line);
    }
    writer.flush();
  }
}
