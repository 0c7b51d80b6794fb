package io.cordee.torch;

import org.bytedeco.pytorch.Tensor;

/** What training minimizes, and what a module's outputs are. */
interface Objective {

  /**
   * What a pass over a micro-batch gave.
   *
   * @param losses their sum
   * @param correct rows; {@link io.cordee.function.Stats#NOT_COUNTED} if that is not known
   * @param outputs [rows, outputs]; empty if they were not asked for, or there are none
   */
  record Result(Tensor losses, long correct, float[] outputs) {}

  Result evaluate(TorchModule module, TorchMicroBatch batch, boolean withOutputs);

  float[] predict(TorchModule module, TorchMicroBatch batch);
}
