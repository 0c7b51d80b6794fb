package io.cordee.function;

/**
 * A gradient function that gives second derivatives too, for the rule newton: where {@link
 * Sums#width()} is 2, the diagonal of the Hessian in {@link Sums#extra()}; where it is 1 +
 * parameters, all of it.
 */
public interface CurvatureFunction extends GradientFunction {}
