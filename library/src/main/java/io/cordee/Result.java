package io.cordee;

import io.cordee.function.Layout;
import java.util.Optional;
import java.util.OptionalDouble;

/** What training has come to. */
public final class Result {

  private final Layout layout;
  private final float[] weights;
  private final int rounds;
  private final double loss;
  private final String digest;
  private final String message;
  private final OptionalDouble validationLoss;
  private final Optional<Best> best;

  /**
   * The weights that did best on the validation rows.
   *
   * @param round after how many rounds
   * @param loss the mean over the validation rows at these weights; their accuracy if {@code
   *     stop.monitor} says so
   * @param weights [layout().parameters()], the array itself, which is the caller's to change
   */
  public record Best(int round, double loss, float[] weights) {}

  Result(
      Layout layout,
      float[] weights,
      int rounds,
      double loss,
      String digest,
      String message,
      OptionalDouble validationLoss,
      Optional<Best> best) {
    this.validationLoss = validationLoss;
    this.best = best;
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
   * The mean loss over the {@linkplain Job.Builder#validationRows validation rows} at these
   * weights.
   *
   * @return empty if there are none, or it was not measured
   */
  public OptionalDouble validationLoss() {
    return validationLoss;
  }

  /**
   * The best weights of the whole run, which {@link #weights} are not always.
   *
   * @return empty without validation rows, if none were evaluated, in mode {@code async}, and with
   *     {@code keep: last}
   */
  public Optional<Best> best() {
    return best;
  }

  /**
   * A checksum of weights and the optimizer's state: equal for two runs of a job, whatever their
   * teams.
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
    String ofBest =
        best.map(it -> ", best validation %s after round %d".formatted(it.loss, it.round))
            .orElse("");
    return message + ", loss " + loss + ofBest + ", digest " + digest;
  }
}
