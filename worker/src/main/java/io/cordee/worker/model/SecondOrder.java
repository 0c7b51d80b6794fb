package io.cordee.worker.model;

/** What is summed besides the gradient. */
interface SecondOrder {

  /** Nothing. */
  SecondOrder NONE =
      new SecondOrder() {
        @Override
        public void prepare(float[] parameters) {}

        @Override
        public void add(float[] parameters, MicroBatch batch, float[] extra) {}

        @Override
        public void finish(float[] extra) {}
      };

  /** Before the first of some micro-batches with these parameters. */
  void prepare(float[] parameters);

  /** Adds the second derivatives over the rows of a micro-batch that has gone forward and back. */
  void add(float[] parameters, MicroBatch batch, float[] extra);

  /** After the last of them. */
  void finish(float[] extra);
}
