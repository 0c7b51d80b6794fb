package io.cordee.worker.model;

/** What is summed besides the gradient. */
interface SecondOrder {

  /** Nothing. */
  SecondOrder NONE = (parameters, batch, extra) -> {};

  /** Before the first of some micro-batches with these parameters. */
  default void prepare(float[] parameters) {}

  /** Adds the second derivatives over the rows of a micro-batch that has gone forward and back. */
  void add(float[] parameters, MicroBatch batch, float[] extra);

  /** After the last of them. */
  default void finish(float[] extra) {}
}
