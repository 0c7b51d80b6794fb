package io.cordee.worker.model;

import io.cordee.worker.math.ElementFunctions;

/**
 * An approximation of the Hessian's diagonal at the cost of one more pass back: second derivatives
 * are propagated as gradients are, with squared weights and slopes.
 *
 * <pre>
 * ∂²E/∂w²ᵢⱼ = cᵢ·aⱼ²    cⱼ = f′(zⱼ)² Σᵢ w²ᵢⱼ·cᵢ    c of the outputs = ∂²E/∂z²
 * </pre>
 *
 * <p>after Becker &amp; LeCun, "Improving the Convergence of Back-Propagation Learning with Second
 * Order Methods", 1988, and LeCun, Denker &amp; Solla, "Optimal Brain Damage", 1990, in the
 * Levenberg–Marquardt form: the term with f″ is left out, at the outputs too (Gauss–Newton), so
 * that nothing is ever negative. Interactions between units of one layer are neglected too. It is
 * the exact diagonal for a network without a hidden layer and a cross-entropy or linear outputs.
 */
final class DiagonalCurvature implements SecondOrder {

  private final float[] squaredWeights;
  private final float[][] curvatures;
  private final float[][] squaredActivations;

  DiagonalCurvature(MicroBatch batch, int parameters) {
    squaredWeights = new float[parameters];
    curvatures = new float[batch.depth() + 1][];
    squaredActivations = new float[batch.depth()][];
    for (int l = 0; l < batch.depth(); l++) {
      squaredActivations[l] = batch.newArray(l);
      curvatures[l + 1] = batch.newArray(l + 1);
    }
  }

  @Override
  public void prepare(float[] parameters) {
    square(parameters, squaredWeights, parameters.length);
  }

  @Override
  public void add(float[] parameters, MicroBatch batch, float[] extra) {
    int rows = batch.rows();
    int last = batch.depth();
    batch.output().curvature(batch.outputs(), batch.targets(), curvatures[last], rows);
    ElementFunctions.flush(curvatures[last], rows * batch.layer(last).out());
    for (int l = last; l >= 1; l--) {
      int below = rows * batch.layer(l).in();
      square(batch.activations(l - 1), squaredActivations[l - 1], below);
      batch.addOuterProducts(l, curvatures[l], squaredActivations[l - 1], extra);
      if (l > 1) {
        batch.propagate(l, curvatures[l], squaredWeights, curvatures[l - 1]);
        batch
            .hidden()
            .multiplyBySlope(batch.functions(), batch.kept(l - 1), curvatures[l - 1], below);
        batch
            .hidden()
            .multiplyBySlope(batch.functions(), batch.kept(l - 1), curvatures[l - 1], below);
      }
    }
  }

  private static void square(float[] x, float[] into, int count) {
    for (int i = 0; i < count; i++) {
      into[i] = ElementFunctions.flushed(x[i] * x[i]);
    }
  }
}
