package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.file.ForceOption;
import io.cordee.cli.log.Logging;
import io.cordee.common.file.Sha256;
import io.cordee.common.model.TensorFile;
import io.cordee.function.ModelImporter;
import io.cordee.worker.function.ModelImporters;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = {
      "Writes names, shapes and values of a model's parameters as a safetensors file: all that the server needs of it.",
      "Reads TorchScript (torch.jit.script(module).save(\"m.pt\")) through libtorch, which is fetched once."
    },
    footer = {
      "",
      "Example:",
      "  cordee model import lenet.pt --inputs 784     (writes lenet.safetensors)",
      "The job then says: model: {torchscript: lenet.pt, loss: cross-entropy}"
    })
public final class ImportCommand extends CordeeCommand {

  @Parameters(paramLabel = "FILE", description = "The model.")
  private Path model;

  @Option(
      names = "--inputs",
      paramLabel = "N",
      description =
          "Features of a row. With them the model is tried on a row of zeros, to see how many outputs it has; the job then need not say either.")
  private Optional<Integer> inputs = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write (default: beside the model, as .safetensors).")
  private Optional<Path> out = Optional.empty();

  @Mixin private ForceOption force;

  @Override
  public Integer call() throws IOException {
    Logging.warningsOnly();
    if (inputs.isPresent() && inputs.get() < 1) {
      throw CommandException.wrongUse("--inputs must be at least 1; found " + inputs.get());
    }
    if (!Files.isRegularFile(model)) {
      throw CommandException.wrongUse(model + ": no such file");
    }
    Path file = out.orElseGet(this::beside);
    force.checked(file);
    ModelImporter importer =
        ModelImporters.of(model)
            .orElseThrow(
                () ->
                    CommandException.wrongUse(
                        model + ": expected a TorchScript file, with a name that ends with .pt"));
    ModelImporter.Imported imported = read(importer);
    Map<String, String> metadata = new TreeMap<>();
    inputs.ifPresent(count -> metadata.put("inputs", String.valueOf(count)));
    imported.outputs().ifPresent(count -> metadata.put("outputs", String.valueOf(count)));
    metadata.put("file_sha256", Sha256.of(model));
    TensorFile.write(file, imported.layout(), imported.parameters(), metadata);
    PrintWriter console = printer();
    console.println(
        String.format(
            Locale.ROOT,
            "%s: %,d parameters in %d tensors%s",
            file,
            imported.layout().parameters(),
            imported.layout().tensors().size(),
            inputs.isPresent() ? ", " + described(metadata) : ""));
    if (inputs.isPresent() && imported.outputs().isEmpty()) {
      console.println(
          "it has no outputs but its loss; the job has to say model.outputs, the classes or targets of a row");
    }
    console.flush();
    return 0;
  }

  private ModelImporter.Imported read(ModelImporter importer) throws IOException {
    try {
      return importer.read(model, inputs.map(OptionalInt::of).orElseGet(OptionalInt::empty));
    } catch (IllegalArgumentException e) {
      throw CommandException.failed(e.getMessage());
    }
  }

  private static String described(Map<String, String> metadata) {
    return metadata.containsKey("outputs")
        ? "%s inputs, %s outputs".formatted(metadata.get("inputs"), metadata.get("outputs"))
        : metadata.get("inputs") + " inputs";
  }

  private Path beside() {
    String name = model.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return model.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".safetensors");
  }
}
