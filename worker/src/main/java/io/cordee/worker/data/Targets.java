package io.cordee.worker.data;

import java.util.Arrays;

/** The targets of some rows, in memory. Immutable once read. */
sealed interface Targets {

  /** Targets per row: the model's outputs. */
  int width();

  boolean labelled();

  /** Writes rows {@code from} to {@code from + count} as [count, width], from {@code at} on. */
  void copy(int from, int count, float[] into, int at);

  /**
   * Class indices: one-hot over several outputs; with a single output, class 0 or 1 is itself the
   * target, and a row counts as correct when the output is on its side of 0.5.
   */
  record Classes(int width, int[] indices) implements Targets {
    @Override
    public boolean labelled() {
      return true;
    }

    @Override
    public void copy(int from, int count, float[] into, int at) {
      if (width == 1) {
        for (int row = 0; row < count; row++) {
          into[at + row] = indices[from + row];
        }
        return;
      }
      Arrays.fill(into, at, at + count * width, 0);
      for (int row = 0; row < count; row++) {
        into[at + row * width + indices[from + row]] = 1;
      }
    }
  }

  /** Rows of which only the features were read. */
  record None(int width) implements Targets {
    @Override
    public boolean labelled() {
      return false;
    }

    @Override
    public void copy(int from, int count, float[] into, int at) {
      throw new IllegalStateException("these rows were opened without their targets");
    }
  }

  /** Values as they are. */
  record Values(int width, float[] values) implements Targets {
    @Override
    public boolean labelled() {
      return false;
    }

    @Override
    public void copy(int from, int count, float[] into, int at) {
      System.arraycopy(values, from * width, into, at, count * width);
    }
  }
}
