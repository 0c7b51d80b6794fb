package io.cordee.common.job.file;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The word that was probably meant. */
public final class Nearest {

  private static final int LONGEST = 64;

  private Nearest() {}

  /** The closest of the words, if one is close enough for the two to be mistaken for each other. */
  public static Optional<String> to(String found, List<String> words) {
    if (found.length() > LONGEST) {
      return Optional.empty();
    }
    return words.stream()
        .filter(word -> distance(found, word) <= Math.max(1, (word.length() + 1) / 3))
        .filter(word -> distance(found, word) < Math.max(1, word.length())) // it shares a letter
        .min(Comparator.comparingInt(word -> distance(found, word)));
  }

  /**
   * How many insertions, deletions, replacements and swaps of neighbours it takes from one word to
   * the other, capitals not counting: the restricted Damerau-Levenshtein distance.
   */
  static int distance(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
