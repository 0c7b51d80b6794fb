package io.cordee.common.model;

import io.cordee.common.kernel.Xxh64;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Map;

/**
 * A trained model: a safetensors file with the tensors of its {@link Layout}, and in its metadata
 * the model's description and whatever its maker says of it.
 *
 * <p>The file is the length of the header (8 bytes, little-endian), the header (JSON), and the
 * tensors' elements. Reading trusts nothing in it: lengths and offsets are held against the file's
 * size before memory is taken.
 *
 * @param parameters the parameter vector, in the order of the layout; not copied
 * @param metadata what the maker says of it
 */
public record ModelFile(ModelSpec model, float[] parameters, Map<String, String> metadata) {

  /** The value of the key {@code format} in every model file's metadata. */
  public static final String FORMAT = "cordee-model-1";

  static final String FORMAT_KEY = "format";
  static final String MODEL_KEY = "model";

  /** Of the key whose value is the parameters' XXH64, as 16 hex digits. */
  static final String CHECKSUM_KEY = "checksum";

  /**
   * The longest header that is written or read. The format allows 100 MB; ours holds a job file,
   * which is at most 1 MiB, and some 100 bytes per tensor.
   */
  static final int MAX_HEADER_BYTES = 8 << 20;

  public ModelFile {
    metadata = Map.copyOf(metadata);
  }

  /** What damage to the parameters would change. */
  static String checksum(float[] parameters) {
    return String.format("%016x", Xxh64.hash(parameters, 0, parameters.length));
  }

  /**
   * Writes a model file, as a whole or not at all: to a file beside it first, which then takes its
   * name.
   *
   * @param parameters in the order of the model's layout
   * @param metadata any but {@code format}, {@code model} and {@code checksum}, which are the
   *     file's own
   * @throws ModelFileException if it cannot be written
   * @throws IllegalArgumentException if there are too few or too many parameters, or the metadata
   *     has a key of the file's own
   */
  public static void write(
      Path file, ModelSpec model, float[] parameters, Map<String, String> metadata)
      throws ModelFileException {
    ModelFileWriter.write(file, new ModelFile(model, parameters, metadata));
  }

  /**
   * Writes the tensors as a safetensors file for other programs: it is no model file, as it does
   * not describe the model.
   *
   * @param parameters in the order of the model's layout
   * @param metadata all that the file says beside them
   */
  public static void writeTensors(
      WritableByteChannel to, ModelSpec model, float[] parameters, Map<String, String> metadata)
      throws IOException {
    ModelFileWriter.write(
        SafetensorsHeader.of(Layout.of(model), metadata).toBytes(), parameters, to);
  }

  /**
   * Reads a model file. Its tensors may lie in any order, as other programs may have written it
   * again, possibly without a checksum.
   *
   * @return with the metadata that were given to {@link #write}
   * @throws ModelFileException if there is no such file, or it is not a whole and valid model file
   */
  public static ModelFile read(Path file) throws ModelFileException {
    return ModelFileReader.read(file);
  }

  /**
   * Reads what a model file says of itself, without its parameters.
   *
   * @throws ModelFileException if there is no such file, or it is no model file
   */
  public static Map<String, String> readMetadata(Path file) throws ModelFileException {
    return ModelFileReader.readMetadata(file);
  }
}
