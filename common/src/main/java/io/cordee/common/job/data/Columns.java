package io.cordee.common.job.data;

import io.cordee.common.kernel.Xxh64;
import io.cordee.common.text.OutsideText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is known of the columns that a model is trained on: what the header of a CSV file calls
 * them, by which they are found in other files, and how they become inputs.
 *
 * @param features their names in the order of the inputs, as a line; empty without a header
 * @param targets those of the label or targets, where the job gives these by index: by their names
 *     they are found wherever they are
 * @param encoding how they become inputs
 * @param classes the labels' texts in class order, as a line, where the job does not give them;
 *     empty if labels are class indices
 * @param split which of their rows are held out, in a few words; empty if none are
 */
public record Columns(
    String features, String targets, TableEncoding encoding, String classes, String split) {

  public static final Columns UNKNOWN = new Columns("", "");

  /** Characters of a line. In the place of a longer one there is a checksum. */
  public static final int LONGEST = 32 << 10;

  private static final int SHOWN = 200;
  private static final String SEPARATOR = ", ";
  private static final Pattern NAME = Pattern.compile("\"([^\"]*+(?:\"\"[^\"]*+)*+)\"|([^,\"]*+)");
  private static final Pattern CHECKSUM =
      Pattern.compile("[0-9]+ names with checksum [0-9a-f]{16}");

  public Columns(String features, String targets) {
    this(features, targets, TableEncoding.NONE, "", "");
  }

  public Columns encoded(TableEncoding by) {
    return new Columns(features, targets, by, classes, split);
  }

  public Columns split(String drawn) {
    return new Columns(features, targets, encoding, classes, drawn);
  }

  /**
   * @throws IllegalArgumentException if their names are too long
   */
  public Columns labelled(List<String> names) {
    String line = line(names);
    if (names(line).size() < names.size()) {
      throw new IllegalArgumentException(
          "the labels' texts take more than %d characters".formatted(LONGEST));
    }
    return new Columns(features, targets, encoding, line, split);
  }

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
    return name.isEmpty() || name.contains(",") || name.contains("\"") || !name.equals(name.strip())
        ? '"' + name.replace("\"", "\"\"") + '"'
        : name;
  }

  /** The names of the features, in the order of the inputs; empty if they are not all known. */
  public List<String> featureNames() {
    return names(features);
  }

  /** Likewise of the targets that the job gives by index. */
  public List<String> targetNames() {
    return names(targets);
  }

  /** The labels' texts in class order; empty if there are none. */
  public List<String> classNames() {
    return names(classes);
  }

  private static List<String> names(String line) {
    if (line.isEmpty() || CHECKSUM.matcher(line).matches()) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    Matcher name = NAME.matcher(line);
    int end = 0;
    while (end <= line.length() && name.find(end) && name.start() == end) {
      String quoted = name.group(1);
      names.add(quoted == null ? name.group(2) : quoted.replace("\"\"", "\""));
      end = name.end() + SEPARATOR.length();
    }
    return names;
  }

  /** Returns whether there is nothing to remember. */
  public boolean areNothing() {
    return equals(UNKNOWN);
  }

  public boolean areKnown() {
    return !features.isEmpty();
  }

  /** What these expect and others have instead; empty if that is nothing, or cannot be known. */
  public Optional<String> difference(Columns others) {
    boolean areNamesKnown = areKnown() && others.areKnown();
    return ofNames(areNamesKnown, "features", features, others.features)
        .or(
            () ->
                ofNames(
                    areNamesKnown && !targets.isEmpty() && !others.targets.isEmpty(),
                    "targets",
                    targets,
                    others.targets))
        .or(() -> ofClasses(others.classes))
        .or(() -> ofSplit(others.split))
        .or(() -> encoding.difference(others.encoding, featureNames()));
  }

  private Optional<String> ofClasses(String found) {
    if (classes.isEmpty() != found.isEmpty()) {
      return Optional.of(
          classes.isEmpty()
              ? "expected labels that are class indices; found the classes " + from(found, 0)
              : "expected the classes "
                  + from(classes, 0)
                  + "; found labels that are class indices");
    }
    return difference("classes", classes, found);
  }

  /** Rows of another file are not split. */
  private Optional<String> ofSplit(String found) {
    return split.isEmpty() || found.isEmpty() || split.equals(found)
        ? Optional.empty()
        : Optional.of("expected " + split + "; found " + OutsideText.printable(found, SHOWN));
  }

  private static Optional<String> ofNames(
      boolean areKnown, String what, String expected, String found) {
    return areKnown ? difference(what, expected, found) : Optional.empty();
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
