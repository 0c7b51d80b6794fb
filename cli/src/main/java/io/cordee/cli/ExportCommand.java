package io.cordee.cli;

import io.cordee.cli.export.ExportFormat;
import io.cordee.cli.export.TrainedModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes a trained model to other programs. */
@Command(
    name = "export",
    description = {
      "Exports a trained model for other programs.",
      "",
      "onnx         the whole network, for ONNX Runtime and its like: rows in, outputs out",
      "npz          its tensors for numpy.load",
      "safetensors  its tensors and nothing else; model.safetensors itself holds them too, with the"
          + " job",
      "",
      "Rows go in as the network saw them in training: features divided by the job's scale.",
      "None of them holds optimizer state."
    },
    footer = {
      "",
      "Examples:",
      "  cordee export --model runs/20260101-120000-digits/model.safetensors --out digits.onnx",
      "  cordee export --model model.safetensors --format npz --out weights.npz"
    })
final class ExportCommand extends CordeeCommand {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "A model.safetensors that training has written.")
  private Path model;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "onnx, npz or safetensors (default: what --out ends with).")
  private Optional<ExportFormat> format = Optional.empty();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write.")
  private Path out;

  @Option(names = "--force", description = "Replace the file if it is there.")
  private boolean isForced;

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
                            + ": expected a name that ends with .onnx, .npz or .safetensors, or"
                            + " --format"));
    TrainedModel trained = TrainedModel.read(model);
    OutputFile file = OutputFile.checked(out, isForced);
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
