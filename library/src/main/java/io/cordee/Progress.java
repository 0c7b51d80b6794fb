package io.cordee;

/**
 * What is known of the weights after a round.
 *
 * @param round how many rounds the weights have behind them; 0 for the first ones
 * @param rounds after how many the job ends at the latest; {@link Integer#MAX_VALUE} if only other
 *     conditions end it
 * @param loss the mean over the rows that the next gradients are taken on, at these weights (for
 *     {@code nesterov}: at the evaluation point)
 * @param seconds since training began
 * @param digest of weights and the rule's state, 16 hexadecimal digits; empty if the job says
 *     {@code digest_every} and none was due
 */
public record Progress(int round, int rounds, double loss, double seconds, String digest) {}
