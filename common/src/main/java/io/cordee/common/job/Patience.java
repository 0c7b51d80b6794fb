package io.cordee.common.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long training goes on without an improvement.
 *
 * @param areRounds whether rounds are counted, rather than epochs
 */
public record Patience(int count, boolean areRounds) {

  private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,8})(?: epochs?|( rounds?))?");

  public static Optional<Patience> parse(String text) {
    Matcher found = TEXT.matcher(text);
    return found.matches()
        ? Optional.of(new Patience(Integer.parseInt(found.group(1)), found.group(2) != null))
        : Optional.empty();
  }

  /** In rounds, each of which takes its gradient over some of the training rows. */
  public double rounds(long trainRows, double rowsOfRound) {
    return areRounds ? count : Math.ceil(count * (double) trainRows / rowsOfRound);
  }

  @Override
  public String toString() {
    return count + (areRounds ? " rounds" : " epochs");
  }
}
