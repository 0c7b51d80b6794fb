package io.cordee.cli.command;

import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.file.ForceOption;
import io.cordee.cli.file.OutputFile;
import io.cordee.cli.log.Logging;
import io.cordee.cli.option.ModelAndRows;
import io.cordee.cli.score.Predictions;
import io.cordee.common.text.OutsideText;
import io.cordee.worker.data.rows.DataSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "predict",
    description = {
      "Runs a trained model on rows and writes its outputs as CSV.",
      "Columns: row (in the source file, from 0), the one named by --id, columns that the job ignores (such as an id), class (the index of the predicted class), label (its name, if the job"
          + " names its classes), and the outputs: output_NAME for each class or, without names, output0,"
          + " output1 and so on. A regression has neither class nor label.",
      "Rows need no labels: a label or target column may be absent, and is ignored if present. It"
          + " is absent if the header does not name it; where the job gives it by index, if the"
          + " file has exactly as many columns as the model has inputs, besides those that the job ignores; in LIBSVM, if a line starts"
          + " with a feature."
    },
    footer = {
      "",
      "Examples:",
      "  cordee predict --model runs/last --out predictions.csv",
      "  cordee predict --model model.safetensors --data new-rows.csv"
    })
public final class PredictCommand extends CordeeCommand {

  @Mixin private ModelAndRows given;

  @Option(
      names = "--out",
      paramLabel = "CSV",
      description = "The file to write (default: standard output).")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--id",
      paramLabel = "COLUMN",
      description = "A column of the rows' table to copy beside the row, by name or index.")
  private Optional<String> id = Optional.empty();

  @Mixin private ForceOption force;

  @Override
  public Integer call() throws IOException {
    Logging.warningsOnly();
    Optional<OutputFile> file = out.map(force::checked);
    TrainedModel trained = given.trained();
    OptionalDouble threshold = given.threshold(trained);
    DataSource source = given.openUnlabelled(trained);
    float[] outputs = trained.outputs(source.all(), given.functions(trained));
    Predictions predictions =
        new Predictions(trained.job(), trained.classes(), source, outputs, threshold);
    if (file.isEmpty()) {
      predictions.write(id, printer());
    } else {
      file.get().write(to -> write(predictions, to));
    }
    String unseen = source.unseen();
    if (!unseen.isEmpty()) {
      line().getErr().println(OutsideText.message("warning: " + unseen));
    }
    return printed();
  }

  private void write(Predictions predictions, OutputStream to) throws IOException {
    PrintWriter writer = new PrintWriter(to, false, StandardCharsets.UTF_8);
    predictions.write(id, writer);
    if (writer.checkError()) {
      throw new IOException("is the disk full?");
    }
  }
}
