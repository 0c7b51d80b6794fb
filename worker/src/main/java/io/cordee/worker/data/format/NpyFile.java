package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Opens files that NumPy's {@code save} writes. */
final class NpyFile {

  enum Kind {
    FEATURES,
    LABELS,
    TARGETS
  }

  private NpyFile() {}

  static ArrayFile open(Input input, Kind kind) {
    NpyHeader header;
    try (InputStream in = input.open()) {
      header = NpyHeader.read(in, input.name());
    } catch (IOException e) {
      throw DataException.unreadable(input.name(), e);
    }
    requireShape(header, kind, input.name());
    if (kind == Kind.LABELS && !header.type().isWhole()) {
      throw new DataException(
          "%s: expected labels that are integers or booleans; found floats: save"
              + " y.astype(np.int64), or give them as targets",
          input.name());
    }
    return ArrayFile.of(input, header.bytes(), header.type(), header.shape());
  }

  private static void requireShape(NpyHeader header, Kind kind, String name) {
    long[] shape = header.shape();
    if (shape.length == 0) {
      throw new DataException(
          "%s: expected an array of shape [rows, ...]; found a single value", name);
    }
    if (kind == Kind.LABELS && shape.length > 1) {
      throw new DataException(
          "%s: expected labels of shape [rows], class indices from 0; found shape %s: save"
              + " y.argmax(axis=1) of one-hot labels, y.ravel() of a single column",
          name, Arrays.toString(shape));
    }
    if (shape.length > 1 && header.isByColumns()) {
      throw new DataException(
          "%s: expected rows one after the other (C order); found columns (fortran_order: True):"
              + " save np.ascontiguousarray(x)",
          name);
    }
  }
}
