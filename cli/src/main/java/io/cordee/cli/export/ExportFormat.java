package io.cordee.cli.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The files of other programs that a model can leave in. */
public enum ExportFormat {
  ONNX(OnnxFile::write, OnnxFile::describe),
  NPZ(NpzFile::write, NpzFile::describe),
  SAFETENSORS(SafetensorsFile::write, SafetensorsFile::describe);

  private interface Writer {
    void write(TrainedModel model, OutputStream out) throws IOException;
  }

  private final Writer writer;
  private final Function<TrainedModel, String> description;

  ExportFormat(Writer writer, Function<TrainedModel, String> description) {
    this.writer = writer;
    this.description = description;
  }

  /** The one that a file's name ends with. */
  public static Optional<ExportFormat> ofName(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(format -> name.endsWith(format.ending())).findFirst();
  }

  private String ending() {
    return "." + name().toLowerCase(Locale.ROOT);
  }

  /**
   * Writes a model in this format.
   *
   * @throws CommandException if the format cannot hold it; before anything is written
   */
  public void write(TrainedModel model, OutputStream out) throws IOException {
    writer.write(model, out);
  }

  /** What is in the file, for whoever loads it. */
  public String describe(TrainedModel model) {
    return description.apply(model);
  }
}
