package io.cordee.function;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Reads the parameters of another library's model files, and writes them back. Found by {@link
 * java.util.ServiceLoader}, like a {@link FunctionProvider}.
 */
public interface ModelImporter {

  /**
   * A model as it is in its file.
   *
   * @param parameters in the order of the layout; not copied
   * @param outputs of a row; empty if they cannot be told
   */
  record Imported(Layout layout, float[] parameters, OptionalInt outputs) {}

  /** What {@code export --format} calls such files. */
  String format();

  /** Whether a file is one of such a model, going by its name. */
  boolean accepts(Path file);

  /**
   * Reads a model.
   *
   * @param inputs features of a row, to try the model with; empty if they are not known
   * @throws IllegalArgumentException if the file holds no such model; the message is one line for
   *     people
   * @throws IOException if it cannot be read
   */
  Imported read(Path file, OptionalInt inputs) throws IOException;

  /**
   * Writes a model with other parameters.
   *
   * @param model whose parameters they replace
   * @param layout of the parameters
   * @throws IllegalArgumentException if the model has another layout; the message is one line for
   *     people
   * @throws IOException if the file cannot be written
   */
  void write(Path model, Layout layout, float[] parameters, Path into) throws IOException;
}
