package io.cordee.cli.export;

import io.cordee.common.model.ModelFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.Map;

/**
 * A network's tensors as a safetensors file that says nothing of the job, its data and their
 * folders. The file that training writes is one as well, and says all of it.
 */
final class SafetensorsFile {

  /** What programs around PyTorch look for; the names and shapes are those of its Linear layers. */
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private SafetensorsFile() {}

  static String describe(TrainedModel model) {
    return "safetensors of "
        + model.layout().tensors().size()
        + " tensors, without the job; cordee itself reads the one that training wrote";
  }

  static void write(TrainedModel model, OutputStream out) throws IOException {
    ModelFile.writeTensors(
        Channels.newChannel(out), model.job().model(), model.parameters(), METADATA);
  }
}
