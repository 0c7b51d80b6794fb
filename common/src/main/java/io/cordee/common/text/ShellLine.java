package io.cordee.common.text;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Command lines that can be pasted into a shell. */
public final class ShellLine {

  /** Set by the launcher, to the word by which it was called: {@code ./cordee} in a checkout. */
  private static final String LAUNCHER = "cordee.launcher";

  private ShellLine() {}

  /** Returns a command of Cordee, called by the word that started this process. */
  public static String cordee(String... words) {
    return of(
        Stream.concat(Stream.of(System.getProperty(LAUNCHER, "cordee")), Stream.of(words))
            .toList());
  }

  /** Joins words, each quoted where a shell would not take it as it is. */
  public static String of(List<String> words) {
    return words.stream().map(ShellLine::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return word.matches("[\\w./:=,+@%-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
