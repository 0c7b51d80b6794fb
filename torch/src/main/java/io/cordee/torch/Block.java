package io.cordee.torch;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Floats in one piece that Java and libtorch share. They start where libtorch's own tensors do, at
 * a cache line, as bits may depend on that.
 */
final class Block {

  private final Tensor tensor;
  private final FloatPointer floats;

  Block(Retained retained, long size) {
    tensor = retained.retain(torch.zeros(size));
    floats = new FloatPointer(tensor.data_ptr()).capacity(size);
  }

  void set(float[] from, int count) {
    if (count > 0) { // an empty tensor has no address
      floats.put(from, 0, count);
    }
  }

  void get(float[] into) {
    floats.get(into, 0, into.length);
  }

  void clear() {
    tensor.zero_();
  }

  Tensor view(long from, long... shape) {
    long size = 1;
    for (long extent : shape) {
      size *= extent;
    }
    return tensor.narrow(0, from, size).view(shape);
  }
}
