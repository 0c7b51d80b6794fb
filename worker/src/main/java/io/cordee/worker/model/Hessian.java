package io.cordee.worker.model;

import io.cordee.worker.math.ElementFunctions;
import io.cordee.worker.math.Fma;
import java.util.Arrays;

/**
 * The exact Hessian, one row per parameter v: the derivative of the gradient in the direction in
 * which only v moves, by Pearlmutter's R-operator ("Fast Exact Multiplication by the Hessian",
 * Neural Computation 6, 1994).
 *
 * <pre>
 * R{z}  = R{a below}·Wᵀ + a below·Vᵀ      R{a} = f′·R{z}
 * R{δ}  = (∂²E/∂z²)·R{z} at the outputs, f′·R{g} + f″·g·R{z} below, where g = ∂E/∂a
 * R{g}  = R{δ above}·W + δ above·V
 * R{∂E/∂W} = R{δ}ᵀ·a below + δᵀ·R{a below}
 * </pre>
 *
 * <p>V is 1 at v and 0 elsewhere. Of each row only the elements up to the diagonal are computed,
 * and mirrored: the result is symmetric to the bit. For them R{a below} is 0 and drops out. Takes
 * about 8 · parameters² floating-point operations per row.
 */
final class Hessian implements SecondOrder {

  /** Above, a Hessian takes more than 64 MiB a partition. */
  static final int MAX_PARAMETERS = 4096;

  /** Stands for the input of a unit's bias, which is always 1. */
  private static final int BIAS = -1;

  private final int parameterCount;

  /** ∂E/∂a of hidden layers. */
  private final float[][] gradients;

  /** f″·∂E/∂a of hidden layers. */
  private final float[][] bends;

  /** R{z} of each layer. */
  private final float[][] movesOfSums;

  /** R{a} of hidden layers. */
  private final float[][] movesOfActivations;

  /** R{δ} of each layer. */
  private final float[][] movesOfDeltas;

  private final float[] row;

  Hessian(MicroBatch batch, int parameters) {
    parameterCount = parameters;
    int depth = batch.depth();
    gradients = new float[depth][];
    bends = new float[depth][];
    movesOfSums = new float[depth + 1][];
    movesOfActivations = new float[depth][];
    movesOfDeltas = new float[depth + 1][];
    for (int l = 1; l <= depth; l++) {
      movesOfSums[l] = batch.newArray(l);
      movesOfDeltas[l] = batch.newArray(l);
      if (l < depth) {
        gradients[l] = batch.newArray(l);
        bends[l] = batch.newArray(l);
        movesOfActivations[l] = batch.newArray(l);
      }
    }
    row = new float[parameters];
  }

  @Override
  public void add(float[] parameters, MicroBatch batch, float[] extra) {
    for (int l = 1; l < batch.depth(); l++) {
      int count = batch.rows() * batch.layer(l).out();
      batch.propagate(l + 1, batch.deltas(l + 1), parameters, gradients[l]);
      System.arraycopy(gradients[l], 0, bends[l], 0, count);
      batch.hidden().multiplyByBend(batch.functions(), batch.kept(l), bends[l], count);
    }
    for (int l = 1; l <= batch.depth(); l++) {
      Dense layer = batch.layer(l);
      for (int unit = 0; unit < layer.out(); unit++) {
        for (int input = 0; input < layer.in(); input++) {
          addRow(parameters, batch, l, unit, input, extra);
        }
      }
      for (int unit = 0; unit < layer.out(); unit++) {
        addRow(parameters, batch, l, unit, BIAS, extra);
      }
    }
  }

  /** Adds the row of the weight from an input, or of the bias, of one unit of layer l. */
  private void addRow(
      float[] parameters, MicroBatch batch, int l, int unit, int input, float[] extra) {
    moveSums(batch, l, unit, input);
    forward(parameters, batch, l);
    backward(parameters, batch, l, unit, input);
    Dense layer = batch.layer(l);
    int v = input == BIAS ? layer.bias() + unit : layer.weight() + unit * layer.in() + input;
    int from = v * parameterCount;
    System.arraycopy(extra, from, row, 0, v + 1);
    Arrays.fill(row, v + 1, layer.bias() + layer.out(), 0);
    for (int below = 1; below <= l; below++) {
      batch.addOuterProducts(below, movesOfDeltas[below], batch.activations(below - 1), row);
    }
    System.arraycopy(row, 0, extra, from, v + 1);
  }

  /** R{z} of the layer in which v lies: v's input, in the column of its unit. */
  private void moveSums(MicroBatch batch, int l, int unit, int input) {
    int units = batch.layer(l).out();
    int inputs = batch.layer(l).in();
    float[] moves = movesOfSums[l];
    float[] below = batch.activations(l - 1);
    Arrays.fill(moves, 0, batch.rows() * units, 0);
    for (int r = 0; r < batch.rows(); r++) {
      moves[r * units + unit] = input == BIAS ? 1 : below[r * inputs + input];
    }
  }

  /** From R{z} of layer l to R{δ} of the last. */
  private void forward(float[] parameters, MicroBatch batch, int l) {
    int rows = batch.rows();
    for (int m = l; m < batch.depth(); m++) {
      int count = rows * batch.layer(m).out();
      System.arraycopy(movesOfSums[m], 0, movesOfActivations[m], 0, count);
      batch
          .hidden()
          .multiplyBySlope(batch.functions(), batch.kept(m), movesOfActivations[m], count);
      Arrays.fill(movesOfSums[m + 1], 0, rows * batch.layer(m + 1).out(), 0);
      batch.addWeighted(m + 1, movesOfActivations[m], parameters, movesOfSums[m + 1]);
    }
    int last = batch.depth();
    int count = rows * batch.layer(last).out();
    System.arraycopy(movesOfSums[last], 0, movesOfDeltas[last], 0, count);
    batch
        .output()
        .multiplyBySecondDerivative(batch.outputs(), batch.targets(), movesOfDeltas[last], rows);
    ElementFunctions.flush(movesOfDeltas[last], count);
  }

  /** From R{δ} of the last layer to that of the first. */
  private void backward(float[] parameters, MicroBatch batch, int l, int unit, int input) {
    int rows = batch.rows();
    for (int m = batch.depth() - 1; m >= 1; m--) {
      int units = batch.layer(m).out();
      int above = batch.layer(m + 1).out();
      float[] moves = movesOfDeltas[m];
      batch.propagate(m + 1, movesOfDeltas[m + 1], parameters, moves);
      if (m + 1 == l && input != BIAS) {
        for (int r = 0; r < rows; r++) {
          moves[r * units + input] += batch.deltas(l)[r * above + unit];
        }
      }
      batch.hidden().multiplyBySlope(batch.functions(), batch.kept(m), moves, rows * units);
      if (m >= l) {
        addProducts(bends[m], movesOfSums[m], moves, rows * units);
      }
    }
  }

  private static void addProducts(float[] a, float[] b, float[] into, int count) {
    for (int i = 0; i < count; i++) {
      into[i] = ElementFunctions.flushed(Fma.fma(a[i], b[i], into[i]));
    }
  }

  @Override
  public void finish(float[] extra) {
    for (int i = 0; i < parameterCount; i++) {
      for (int j = i + 1; j < parameterCount; j++) {
        extra[i * parameterCount + j] = extra[j * parameterCount + i];
      }
    }
  }
}
