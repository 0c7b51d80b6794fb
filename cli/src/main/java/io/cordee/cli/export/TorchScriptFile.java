package io.cordee.cli.export;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.TemporaryFolder;
import io.cordee.common.model.FunctionModel;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.function.JobFunctions;
import io.cordee.worker.function.ModelImporters;
import io.cordee.worker.function.TorchScript;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The module that a job names, with the trained weights in it. */
final class TorchScriptFile {

  private TorchScriptFile() {}

  static String describe(TrainedModel model) {
    return "TorchScript, for torch.jit.load: "
        + model.job().model().summary()
        + " with the trained weights";
  }

  static void write(TrainedModel model, DataFolder folder, OutputStream out) throws IOException {
    Path module = JobFunctions.file(function(model), folder).orElseThrow();
    Path written = Files.createTempFile(TemporaryFolder.path(), "", ".pt");
    try {
      ModelImporters.of(TorchScript.NAME)
          .orElseThrow()
          .write(module, model.job().model().layout(), model.parameters(), written);
      Files.copy(written, out);
    } catch (IllegalArgumentException e) {
      throw CommandException.failed(e.getMessage());
    }
  }

  private static FunctionModel function(TrainedModel model) {
    if (model.job().model() instanceof FunctionModel function
        && function.function().filter(TorchScript.NAME::equals).isPresent()) {
      return function;
    }
    throw CommandException.failed(
        "only a model of model.torchscript can be written as TorchScript; this one is %s: use onnx,"
                .formatted(model.job().model().summary())
            + " npz or safetensors");
  }
}
