package io.cordee.common.job;

import io.cordee.common.kernel.Xxh64;
import io.cordee.common.text.OutsideText;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the header of a CSV file calls the columns that a model was trained on. Columns in another
 * order would be taken for what they are not, without a word.
 *
 * @param features their names in the order of the inputs, as a line; empty without a header
 * @param targets those of the label or targets, where the job gives these by index: by their names
 *     they are found wherever they are
 */
public record Columns(String features, String targets) {

  /** For rows without a header. */
  public static final Columns UNKNOWN = new Columns("", "");

  /** Characters of a line. In the place of a longer one there is a checksum. */
  public static final int LONGEST = 32 << 10;

  private static final int SHOWN = 200;
  private static final String SEPARATOR = ", ";

  /** Of these names, which may be any texts. */
  public static Columns of(List<String> features, List<String> targets) {
    return new Columns(line(features), line(targets));
  }

  private static String line(List<String> names) {
    String line = names.stream().map(Columns::quoted).collect(Collectors.joining(SEPARATOR));
    return line.length() <= LONGEST
        ? line
        : names.size()
            + " names with checksum %016x"
                .formatted(Xxh64.hash(line.chars().asLongStream().toArray()));
  }

  private static String quoted(String name) {
    return name.isEmpty() || name.contains(",") || name.contains("\"")
        ? '"' + name.replace("\"", "\"\"") + '"'
        : name;
  }

  public boolean areKnown() {
    return !features.isEmpty();
  }

  /** What these expect and others have instead; empty if that is nothing, or cannot be known. */
  public Optional<String> difference(Columns others) {
    if (!areKnown() || !others.areKnown()) {
      return Optional.empty();
    }
    boolean areTargetsKnown = !targets.isEmpty() && !others.targets.isEmpty();
    return difference("features", features, others.features)
        .or(
            () ->
                areTargetsKnown
                    ? difference("targets", targets, others.targets)
                    : Optional.empty());
  }

  private static Optional<String> difference(String what, String expected, String found) {
    if (expected.equals(found)) {
      return Optional.empty();
    }
    int same = 0;
    while (same < Math.min(expected.length(), found.length())
        && expected.charAt(same) == found.charAt(same)) {
      same++;
    }
    int from = expected.lastIndexOf(SEPARATOR, same - 1) + 1;
    return Optional.of(
        "expected the %s %s; found %s".formatted(what, from(expected, from), from(found, from)));
  }

  private static String from(String line, int start) {
    String rest = line.substring(Math.min(start, line.length())).strip();
    return (start > 0 ? "..., " : "")
        + OutsideText.printable(rest, SHOWN)
        + (rest.length() > SHOWN ? " ..." : "");
  }
}
