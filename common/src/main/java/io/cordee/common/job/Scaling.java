package io.cordee.common.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How values of columns become features: (value − shift) / scale, as training rows have shown them
 * to lie. A model remembers it, as its names.
 *
 * @param shifts for each feature; none if values are features as they are
 * @param scales likewise; positive
 */
public record Scaling(List<Double> shifts, List<Double> scales) {

  /** Values are features as they are. */
  public static final Scaling NONE = new Scaling(List.of(), List.of());

  /** Characters of its text. */
  public static final int LONGEST = 1 << 19;

  /** Features, so that the text is not longer. */
  public static final int MOST = 10_000;

  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9]{1,30}\\.[0-9]{1,30}(E-?[0-9]{1,3})?");

  /**
   * @throws IllegalArgumentException if they are not as many, or not finite, or a scale is not
   *     positive
   */
  public Scaling {
    shifts = List.copyOf(shifts);
    scales = List.copyOf(scales);
    boolean areSound =
        shifts.size() == scales.size()
            && shifts.stream().allMatch(Double::isFinite)
            && scales.stream().allMatch(scale -> scale > 0 && Double.isFinite(scale));
    if (!areSound) {
      throw new IllegalArgumentException(
          "expected a finite shift and a finite, positive scale for each feature");
    }
  }

  public boolean isNone() {
    return shifts.isEmpty();
  }

  /**
   * What {@link #toText} has written.
   *
   * @throws IllegalArgumentException if it is nothing of the kind
   */
  public static Scaling parse(String text) {
    if (text.isEmpty()) {
      return NONE;
    }
    IllegalArgumentException refusal =
        new IllegalArgumentException("expected [[shift, scale], ...], a pair for each feature");
    if (text.length() > LONGEST || !text.startsWith("[[") || !text.endsWith("]]")) {
      throw refusal;
    }
    List<Double> shifts = new ArrayList<>();
    List<Double> scales = new ArrayList<>();
    for (String pair : text.substring(2, text.length() - 2).split("], \\[", -1)) {
      String[] numbers = pair.split(", ", -1);
      if (numbers.length != 2 || !isNumber(numbers[0]) || !isNumber(numbers[1])) {
        throw refusal;
      }
      shifts.add(Double.valueOf(numbers[0]));
      scales.add(Double.valueOf(numbers[1]));
    }
    return new Scaling(shifts, scales);
  }

  private static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }

  /** As JSON, [[shift, scale], ...]; empty if there is none. */
  public String toText() {
    if (isNone()) {
      return "";
    }
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < shifts.size(); i++) {
      pairs.add("[" + shifts.get(i) + ", " + scales.get(i) + "]");
    }
    return "[" + String.join(", ", pairs) + "]";
  }

  /** The first feature that others scale differently; empty if there is none. */
  Optional<String> difference(Scaling others) {
    if (equals(others)) {
      return Optional.empty();
    }
    if (shifts.size() != others.shifts.size()) {
      return Optional.of(
          "expected %d features to be scaled; found %d"
              .formatted(shifts.size(), others.shifts.size()));
    }
    int at = 0;
    while (shifts.get(at).equals(others.shifts.get(at))
        && scales.get(at).equals(others.scales.get(at))) {
      at++;
    }
    return Optional.of(
        "expected values of feature %d (from 0) with shift %s and scale %s; found %s and %s"
            .formatted(
                at, shifts.get(at), scales.get(at), others.shifts.get(at), others.scales.get(at)));
  }
}
