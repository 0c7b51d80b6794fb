package io.cordee.worker.model;

/** What is summed in addition to the gradient. */
interface SecondOrder {

  SecondOrder NONE = (parameters, batch, extra) -> {};

  /** Called before the first of some micro-batches with these parameters. */
  default void prepare(float[] parameters) {}

  /** For a micro-batch that has gone forward and back. */
  void add(float[] parameters, MicroBatch batch, float[] extra);

  /** Called after the last of them. */
  default void finish(float[] extra) {}
}
