package io.cordee.common.model;

import io.cordee.common.file.Draft;
import io.cordee.function.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The float32 tensors of a safetensors file by any writer.
 *
 * @param layout in the order of the file
 */
public record TensorFile(Path file, Layout layout, float[] values) {

  /**
   * @throws ModelFileException if it is no such file, or has tensors of another type
   */
  public static TensorFile read(Path file) throws ModelFileException {
    return ModelFileReader.readTensors(file);
  }

  /** Writes a file, as a whole or not at all; {@code values} are in the order of the layout. */
  public static void write(Path file, Layout layout, float[] values) throws ModelFileException {
    try (Draft draft = Draft.of(file)) {
      ModelFile.writeTensors(draft.channel(), layout, values, Map.of());
      draft.commit();
    } catch (IOException e) {
      throw new ModelFileException(file, "cannot be written", e);
    }
  }

  /** Of the parameters in the order of the file. */
  public String checksum() {
    return ModelFile.checksum(values);
  }

  /**
   * Checks that it has the tensors of a layout, in whatever order.
   *
   * @throws ModelFileException naming the first one that is missing, of another shape or too many
   */
  public void require(Layout wanted) throws ModelFileException {
    require(file, layout, wanted);
  }

  static void require(Path file, Layout layout, Layout wanted) throws ModelFileException {
    requireNames(file, layout, wanted);
    for (Layout.Tensor tensor : wanted.tensors()) {
      List<Integer> found = layout.find(tensor.name()).orElseThrow().shape();
      if (!found.equals(tensor.shape())) {
        throw new ModelFileException(
            file,
            "tensor %s: expected shape %s, as the model has it; found %s",
            tensor.name(),
            tensor.shape(),
            found);
      }
    }
  }

  /** Checks that it has the tensors of a layout, of whatever shapes. */
  static void requireNames(Path file, Layout layout, Layout wanted) throws ModelFileException {
    for (Layout.Tensor tensor : wanted.tensors()) {
      if (layout.find(tensor.name()).isEmpty()) {
        throw new ModelFileException(file, "tensor %s is missing", tensor.name());
      }
    }
    for (Layout.Tensor own : layout.tensors()) {
      if (wanted.find(own.name()).isEmpty()) {
        throw new ModelFileException(file, "tensor %s is not one of the model's", own.name());
      }
    }
  }

  /** The parameters in the order of a layout that it {@linkplain #require has the tensors of}. */
  public float[] parameters(Layout wanted) {
    if (wanted.equals(layout)) {
      return values;
    }
    float[] ordered = new float[wanted.parameters()];
    for (Layout.Tensor tensor : wanted.tensors()) {
      int from = layout.find(tensor.name()).orElseThrow().offset();
      System.arraycopy(values, from, ordered, tensor.offset(), tensor.size());
    }
    return ordered;
  }
}
