package io.cordee;

import io.cordee.function.Layout;

/** What training has come to. */
public final class Result {

  private final Layout layout;
  private final float[] weights;
  private final int rounds;
  private final double loss;
  private final String digest;
  private final String message;

  Result(Layout layout, float[] weights, int rounds, double loss, String digest, String message) {
    this.layout = layout;
    this.weights = weights;
    this.rounds = rounds;
    this.loss = loss;
    this.digest = digest;
    this.message = message;
  }

  /**
   * The parameters after the last complete round.
   *
   * @return [layout().parameters()], the array itself, which is the caller's to change
   */
  public float[] weights() {
    return weights;
  }

  /** Where named tensors lie in {@link #weights}. */
  public Layout layout() {
    return layout;
  }

  /**
   * How many rounds the weights have behind them.
   *
   * @return 0 for the first weights
   */
  public int rounds() {
    return rounds;
  }

  /**
   * The mean loss at these weights, as in {@link Progress#loss}.
   *
   * @return NaN if it was not measured, as training was broken off
   */
  public double loss() {
    return loss;
  }

  /**
   * A checksum of weights and the rule's state: equal for two runs of a job, whatever their teams.
   *
   * @return 16 hexadecimal digits
   */
  public String digest() {
    return digest;
  }

  /**
   * How the job ended.
   *
   * @return one line, such as {@code completed after 200 rounds}
   */
  public String message() {
    return message;
  }

  @Override
  public String toString() {
    return message + ", loss " + loss + ", digest " + digest;
  }
}
