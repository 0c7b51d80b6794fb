package io.cordee.common.optimizer;

import static io.cordee.common.kernel.Floats.finite;

/** Second derivatives that an optimizer needs, and where they stand in a contribution. */
public enum Curvature {
  /** None: a contribution is a gradient. */
  NONE {
    @Override
    public int width(int parameters) {
      return 1;
    }

    @Override
    void addToDiagonal(float value, float[] means, int from, int to, int parameters) {}
  },

  /** Each parameter's own: behind the gradient of a range there follow as many floats again. */
  DIAGONAL {
    @Override
    public int width(int parameters) {
      return 2;
    }

    @Override
    void addToDiagonal(float value, float[] means, int from, int to, int parameters) {
      int size = to - from;
      for (int k = 0; k < size; k++) {
        means[size + k] = finite(means[size + k] + value);
      }
    }
  },

  /** All: behind the gradient of a range there follow its rows of the Hessian, each complete. */
  FULL {
    @Override
    public int width(int parameters) {
      return 1 + parameters;
    }

    @Override
    void addToDiagonal(float value, float[] means, int from, int to, int parameters) {
      int size = to - from;
      for (int k = 0; k < size; k++) {
        int diagonal = size + k * parameters + from + k;
        means[diagonal] = finite(means[diagonal] + value);
      }
    }
  };

  /** Floats per parameter in a contribution, given the number of parameters. */
  public abstract int width(int parameters);

  /** Adds to the second derivatives of a range of parameters with respect to themselves. */
  abstract void addToDiagonal(float value, float[] means, int from, int to, int parameters);
}
