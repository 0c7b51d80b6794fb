package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.export.ExportFormat;
import io.cordee.cli.export.OnnxInputs;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.file.ForceOption;
import io.cordee.cli.file.OutputFile;
import io.cordee.cli.log.Logging;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    description = {
      "Exports a trained model to a format that other programs read.",
      "",
      "onnx         the whole network, for ONNX Runtime and the like: rows in, outputs out; of a table, cells in",
      "npz          the tensors, for numpy.load",
      "safetensors  the tensors alone; model.safetensors has them along with the job",
      "",
      "Of a table, an ONNX file has an input for each column, and encodes the cells as training did. The other formats, and --inputs encoded, take rows as the network does: features divided by the job's scale.",
      "No format includes optimizer state."
    },
    footer = {
      "",
      "Examples:",
      "  cordee export --model runs/last --out digits.onnx",
      "  cordee export --model model.safetensors --format npz --out weights.npz"
    })
public final class ExportCommand extends CordeeCommand {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE|RUN",
      description = TrainedModel.OPTION)
  private Path model;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "onnx, npz or safetensors (default: by the extension of --out).")
  private Optional<ExportFormat> format = Optional.empty();

  @Option(
      names = "--inputs",
      paramLabel = "FORM",
      description =
          "What an ONNX file takes: columns (an input for each column of the table, numbers or strings) or encoded (one input of encoded rows). Default: columns, if the model was trained on a table whose columns have names.")
  private Optional<OnnxInputs> inputs = Optional.empty();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write.")
  private Path out;

  @Mixin private ForceOption force;

  @Override
  public Integer call() throws IOException {
    Logging.warningsOnly();
    ExportFormat chosen =
        format
            .or(() -> ExportFormat.ofName(out))
            .orElseThrow(
                () ->
                    CommandException.wrongUse(
                        "--out "
                            + out
                            + ": expected a name that ends with .onnx, .npz or .safetensors, or --format"));
    if (inputs.isPresent() && chosen != ExportFormat.ONNX) {
      throw CommandException.wrongUse("--inputs is for ONNX files; leave it out");
    }
    TrainedModel trained = TrainedModel.read(model);
    OnnxInputs taken = inputs.orElseGet(() -> OnnxInputs.of(trained));
    OutputFile file = force.checked(out);
    if (isTheModel()) {
      throw CommandException.wrongUse("--out " + out + " is the model itself; give another file");
    }
    file.write(to -> chosen.write(trained, taken, to));
    PrintWriter console = printer();
    console.println(out + ": " + chosen.describe(trained, taken));
    console.flush();
    return 0;
  }

  private boolean isTheModel() throws IOException {
    return Files.exists(out) && Files.isSameFile(model, out);
  }
}
