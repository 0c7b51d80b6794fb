package io.cordee.common.model;

public enum Activation {
  TANH,
  SIGMOID,
  RELU,
  /** max(z, 0.01 z). Maas, Hannun, Ng 2013, Rectifier Nonlinearities Improve Acoustic Models. */
  LEAKY_RELU,
  /** z, or exp(z) − 1 below 0. Clevert, Unterthiner, Hochreiter 2016, Exponential Linear Units. */
  ELU,
  /** ln(1 + exp(z)). Dugas et al. 2001, Incorporating Second-Order Functional Knowledge. */
  SOFTPLUS,
  /** z·Φ(z), approximated with tanh. Hendrycks, Gimpel 2016, Gaussian Error Linear Units. */
  GELU
}
