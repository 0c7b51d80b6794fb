package io.cordee.function;

/**
 * A model as training sees it: parameters and rows in, sums of losses and of their derivatives out.
 *
 * <p>The same bits come out of a job whatever its team does, because a partition can be computed by
 * anybody, at any time, any number of times. That rests on this contract:
 *
 * <ul>
 *   <li><b>Deterministic.</b> What {@link #accumulate} returns is a function of its arguments
 *       alone, bit for bit, on every machine of the team: no clock, no order of threads, no hash
 *       codes. Random numbers come from {@link Rows#noise()}.
 *   <li><b>No memory.</b> Nothing that one call leaves behind may show in another: partitions come
 *       in any order, some of them twice, some never.
 *   <li><b>Sums, not means.</b> Losses and derivatives are summed over the rows; the server divides
 *       by their number.
 *   <li><b>One thread.</b> Each compute thread has an instance of its own, which no other thread
 *       calls; an instance starts no threads that decide bits. Arguments are the caller's: neither
 *       kept nor, but for the last one, written to.
 * </ul>
 *
 * <p>At the start of a job each worker computes a partition twice (with local steps, its first
 * mini-batch), another one in between if it has one, and refuses a function whose bits differ,
 * unless the job says {@code model.exact: false}.
 *
 * <p>Whatever it throws ends the job, with its message, the partition and the round.
 */
public interface GradientFunction extends AutoCloseable {

  /** The parameters that it takes: names, shapes and order. A job of another layout is refused. */
  Layout layout();

  /**
   * Sums the losses of rows and their derivatives.
   *
   * @param parameters the point at which they are taken, [layout().parameters()]; only read
   * @param rows at least one
   * @param sums all 0; takes the derivatives of the sum of the losses
   * @return what was counted over the rows
   */
  Stats accumulate(float[] parameters, Rows rows, Sums sums);

  /**
   * As above, for a job with {@code data.ids}, whose tables give the first features of each row.
   *
   * @param features [rows, features from tables], all 0; takes the derivatives by these features
   */
  default Stats accumulate(float[] parameters, Rows rows, Sums sums, float[] features) {
    throw new UnsupportedOperationException(
        "this gradient function gives no derivatives by features, which data.ids needs");
  }

  /**
   * Sums the losses of rows that are evaluated, without derivatives or noise.
   *
   * @param outputs takes the outputs, as {@link #predict} does
   * @return what was counted over the rows
   */
  Stats measure(float[] parameters, Rows rows, float[] outputs);

  /**
   * The outputs for rows, which need have no targets.
   *
   * @param outputs [rows, outputs], row-major; takes them. Of length 0 if the job's model has none
   */
  default void predict(float[] parameters, Rows rows, float[] outputs) {
    throw new UnsupportedOperationException("this gradient function does not predict");
  }

  /** Frees what it holds outside of Java's heap; after its last call, by any thread. */
  @Override
  default void close() {}
}
