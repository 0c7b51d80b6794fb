package io.cordee.cli.export;

import io.cordee.common.job.Job;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** The files of other programs that a model can leave in. */
public enum ExportFormat {
  ONNX(".onnx", OnnxFile::write, OnnxFile::describe),
  NPZ(
      ".npz",
      (model, inputs, out) -> NpzFile.write(model, out),
      (model, inputs) -> NpzFile.describe(model)),
  SAFETENSORS(
      ".safetensors",
      (model, inputs, out) -> writeTensors(model, out),
      (model, inputs) -> describeTensors(model));

  /** What programs around PyTorch look for; the names and shapes are those of its Linear layers. */
  private static final Map<String, String> FOR_PYTORCH = Map.of("format", "pt");

  private interface Writer {
    void write(TrainedModel model, OnnxInputs inputs, OutputStream out) throws IOException;
  }

  private final String ending;
  private final Writer writer;
  private final BiFunction<TrainedModel, OnnxInputs, String> description;

  ExportFormat(
      String ending, Writer writer, BiFunction<TrainedModel, OnnxInputs, String> description) {
    this.ending = ending;
    this.writer = writer;
    this.description = description;
  }

  /** The one that most programs read, of those that can hold a job's model. */
  public static ExportFormat usual(Job job) {
    return job.model() instanceof Mlp
            && job.model().layout().parameters() <= OnnxFile.MAX_PARAMETERS
        ? ONNX
        : NPZ;
  }

  public String ending() {
    return ending;
  }

  /** The one that a file's name ends with. */
  public static Optional<ExportFormat> ofName(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(format -> name.endsWith(format.ending)).findFirst();
  }

  /**
   * @param inputs what an ONNX file takes; the others hold tensors alone
   * @throws CommandException if the format cannot hold it; before anything is written
   */
  public void write(TrainedModel model, OnnxInputs inputs, OutputStream out) throws IOException {
    writer.write(model, inputs, out);
  }

  public String describe(TrainedModel model, OnnxInputs inputs) {
    return description.apply(model, inputs);
  }

  private static String describeTensors(TrainedModel model) {
    return "safetensors of "
        + model.layout().tensors().size()
        + " tensors, without the job; cordee itself reads the one that training wrote";
  }

  /** Says nothing of the job, its data and their folders; what training writes says all of it. */
  private static void writeTensors(TrainedModel model, OutputStream out) throws IOException {
    ModelFile.writeTensors(
        Channels.newChannel(out), model.layout(), model.parameters(), FOR_PYTORCH);
  }
}
