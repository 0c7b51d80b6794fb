package io.cordee.common.checkpoint;

/**
 * The end of a round, with the state that the next one needs.
 *
 * @param version how many rounds the weights have been through
 * @param meanLoss of the round that led there; NaN at version 0
 * @param seconds of training until then
 */
public record RoundMark(int version, double meanLoss, double seconds) {

  public static final RoundMark START = new RoundMark(0, Double.NaN, 0);
}
