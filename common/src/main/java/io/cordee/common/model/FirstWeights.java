package io.cordee.common.model;

import io.cordee.function.Layout;
import java.nio.file.Path;

/**
 * The parameter vector before the first round, where it is given: in a safetensors file, or by the
 * program that trains. Equal if the parameters are, wherever they come from.
 */
public final class FirstWeights {

  private static final String GIVEN = "(given)";

  private final String file;
  private final String checksum;

  /** Null if they are in the file. */
  private final float[] values;

  private FirstWeights(String file, String checksum, float[] values) {
    this.file = file;
    this.checksum = checksum;
    this.values = values;
  }

  /** In a file; {@code checksum} is the parameters' XXH64, as 16 hex digits. */
  public static FirstWeights in(String file, String checksum) {
    return new FirstWeights(file, checksum, null);
  }

  /** These; the array is kept. */
  public static FirstWeights of(float[] values) {
    return new FirstWeights(GIVEN, ModelFile.checksum(values), values);
  }

  public String file() {
    return file;
  }

  public String checksum() {
    return checksum;
  }

  /**
   * @throws ModelFileException if they cannot be read, or differ from when the job was written
   */
  public float[] read(Layout layout) throws ModelFileException {
    if (values != null) {
      return values;
    }
    Path path = Path.of(file);
    if (file.equals(GIVEN)) {
      throw new ModelFileException(
          path, "first weights: they were given by the program that started the job");
    }
    TensorFile found = TensorFile.read(path);
    found.require(layout);
    if (!found.checksum().equals(checksum)) {
      throw new ModelFileException(
          path,
          "not the first weights of this job: expected checksum %s; found %s",
          checksum,
          found.checksum());
    }
    return found.parameters(layout);
  }

  /** Checks that their file has the tensors of a layout, of whatever shapes. */
  public void requireNames(Layout layout) throws ModelFileException {
    Path path = Path.of(file);
    TensorFile.requireNames(path, TensorFile.read(path).layout(), layout);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FirstWeights weights && weights.checksum.equals(checksum);
  }

  @Override
  public int hashCode() {
    return checksum.hashCode();
  }

  @Override
  public String toString() {
    return file + ", checksum " + checksum;
  }
}
