/**
 * Models that PyTorch has saved as TorchScript: a {@link io.cordee.function.GradientFunction} that
 * trains them through libtorch, and what reads and writes their files.
 */
package io.cordee.torch;
