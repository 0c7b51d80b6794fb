package io.cordee.torch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** What outlives the {@linkplain Libtorch#call call} that it was made in. */
final class Retained implements AutoCloseable {

  private final List<Pointer> pointers = new ArrayList<>();

  <P extends Pointer> P retain(P pointer) {
    pointer.retainReference();
    pointers.add(pointer);
    return pointer;
  }

  @Override
  public void close() {
    Libtorch.runUnlessEnding(() -> pointers.forEach(Pointer::releaseReference));
    pointers.clear();
  }
}
