package io.cordee.cli.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The files of other programs that a model can leave in. */
public enum ExportFormat {
  ONNX(OnnxFile::write, OnnxFile::describe),
  NPZ(NpzFile::write, NpzFile::describe),
  SAFETENSORS(SafetensorsFile::write, SafetensorsFile::describe);

  private interface Writer {
    void write(Exported model, OutputStream out) throws IOException;
  }

  private interface Description {
    String of(Exported model);
  }

  private final Writer writer;
  private final Description description;

  ExportFormat(Writer writer, Description description) {
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
   * @throws IllegalArgumentException if the format cannot hold it; before anything is written
   */
  public void write(Exported model, OutputStream out) throws IOException {
    writer.write(model, out);
  }

  /** What is in the file, for whoever loads it. */
  public String describe(Exported model) {
    return description.of(model);
  }
}
