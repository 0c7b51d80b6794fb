package io.cordee.function;

/**
 * A gradient function that gives second derivatives too, for the optimizer newton: where {@link
 * Sums#width()} is 2, the diagonal of the Hessian in {@link Sums#extra()}; where it is 1 +
 * parameters, all of it. A worker refuses a function that leaves all of them 0 beside a gradient.
 */
public interface CurvatureFunction extends GradientFunction {}
