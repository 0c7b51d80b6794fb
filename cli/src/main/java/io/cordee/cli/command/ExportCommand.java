package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.export.ExportFormat;
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
      "onnx         the whole network, for ONNX Runtime and the like: rows in, outputs out",
      "npz          the tensors, for numpy.load",
      "safetensors  the tensors alone; model.safetensors has them along with the job",
      "",
      "The network takes rows as it did in training: features divided by the job's scale.",
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
    TrainedModel trained = TrainedModel.read(model);
    OutputFile file = force.checked(out);
    if (isTheModel()) {
      throw CommandException.wrongUse("--out " + out + " is the model itself; give another file");
    }
    file.write(to -> chosen.write(trained, to));
    PrintWriter console = printer();
    console.println(out + ": " + chosen.describe(trained));
    console.flush();
    return 0;
  }

  private boolean isTheModel() throws IOException {
    return Files.exists(out) && Files.isSameFile(model, out);
  }
}
