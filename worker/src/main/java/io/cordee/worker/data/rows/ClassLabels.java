package io.cordee.worker.data.rows;

import io.cordee.common.model.ModelSpec;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Meaning of a source's labels: indices of the model's classes, or texts in the order of the
 * classes. A model with K outputs has K classes; with one output, two.
 */
public final class ClassLabels {

  /** How many surplus labels a message names. */
  private static final int MORE_SHOWN = 5;

  private final int classes;
  private final String hint;
  // Keyed by the label as written or, for numbers, by their value, so that 1, +1 and 1.0 are equal.
  private final Map<String, Integer> indices = new HashMap<>();
  private final Map<String, Integer> byName = new HashMap<>(); // found faster
  private final List<String> names;

  private ClassLabels(int classes, List<String> names, String hint) {
    this.classes = classes;
    this.hint = hint;
    this.names = names;
    for (String name : names) {
      if (indices.put(key(name), indices.size()) != null) {
        throw new DataException("classes names '" + name + "' twice");
      }
    }
    names.forEach(name -> byName.put(name, byName.size()));
  }

  /**
   * @param names the labels' texts in class order; empty if labels are class indices
   * @throws DataException if there are not as many as the model tells apart
   */
  public static ClassLabels of(ModelSpec model, List<String> names) {
    int classes = Math.max(2, model.outputs());
    if (!names.isEmpty() && names.size() != classes) {
      throw new DataException(
          "%s; found %d: %s", expected(model), names.size(), String.join(", ", names));
    }
    String classesMissing = " (labels that are no class indices go under classes)";
    return new ClassLabels(classes, names, hint(model).orElse(classesMissing));
  }

  /** How many different labels to look at before they are clearly too many. */
  public static int most(ModelSpec model) {
    return 2 * Math.max(2, model.outputs()) + MORE_SHOWN;
  }

  /**
   * Names of classes that the job does not list: the labels' texts, sorted, by value if all are
   * numbers. Empty if they are class indices, or seem meant to be: some are, and there are too many
   * texts for names.
   *
   * @param rows the first with each text, from 0, in their order; a missing text is empty
   * @throws DataException if there are not as many as the model tells apart
   */
  public static List<String> names(ModelSpec model, Map<String, Long> rows) {
    int classes = Math.max(2, model.outputs());
    Map<String, String> distinct = new HashMap<>();
    boolean areIndices = true;
    boolean hasIndex = false;
    String surplus = "";
    for (String text : rows.keySet()) {
      if (!text.isEmpty() && distinct.size() <= classes + MORE_SHOWN) {
        if (distinct.putIfAbsent(key(text), text) == null) {
          boolean isIndex = isIndex(Decimals.parse(text).orElse(Double.NaN), classes);
          areIndices &= isIndex;
          hasIndex |= isIndex;
          if (distinct.size() == classes + 1) {
            surplus = " ('%s' first occurs in row %d (from 0))".formatted(text, rows.get(text));
          }
        }
      }
    }
    if (areIndices || hasIndex && distinct.size() != classes) {
      return List.of();
    }
    boolean areNumbers = distinct.values().stream().allMatch(t -> Decimals.parse(t).isPresent());
    Comparator<String> byValue = Comparator.comparingDouble(t -> Decimals.parse(t).orElseThrow());
    List<String> names =
        distinct.values().stream()
            .sorted(areNumbers ? byValue : Comparator.naturalOrder())
            .toList();
    if (names.size() != classes) {
      String found = names.size() == 1 ? "1 label: " : names.size() + " labels: ";
      String where = expected(model);
      throw DataException.of(
          where, where, found + String.join(", ", names) + surplus, hint(model).orElse(""));
    }
    return names;
  }

  /** One output that is a value could be meant for a regression, but also for two classes. */
  private static Optional<String> hint(ModelSpec model) {
    return model.hasOneValue()
        ? Optional.of(" (for a regression, give targets instead of a label)")
        : Optional.empty();
  }

  private static String expected(ModelSpec model) {
    return "expected %d classes, since the model has %d output%s"
        .formatted(Math.max(2, model.outputs()), model.outputs(), model.outputs() == 1 ? "" : "s");
  }

  private static boolean isIndex(double value, int classes) {
    return value >= 0 && value < classes && value == (int) value;
  }

  public int indexOf(Cell label) {
    double number = names.isEmpty() ? label.number() : Double.NaN;
    if (isIndex(number, classes)) {
      return (int) number;
    }
    String text = label.text();
    if (!names.isEmpty()) {
      Integer index = byName.get(text);
      index = index == null ? indices.get(key(text)) : index;
      if (index != null) {
        return index;
      }
    } else if (Decimals.truth(text).isPresent()) {
      return (int) Decimals.truth(text).getAsDouble();
    }
    if (text.isEmpty()) {
      throw label.error(
          "expected a label", "none", "; data.preprocess.unlabelled: drop leaves such rows out");
    }
    throw names.isEmpty()
        ? label.error(expected(), "'" + text + "'", hint)
        : label.error("expected one of the classes " + String.join(", ", names), "'" + text + "'");
  }

  /** The class of a label that is an index already, a whole number. */
  public int indexOf(double index, RowPlace place) {
    if (index < 0 || index >= classes) {
      throw place.error(expected(), new BigDecimal(index).toPlainString());
    }
    return (int) index;
  }

  private String expected() {
    return "expected a class index from 0 to " + (classes - 1);
  }

  public static String key(String text) {
    OptionalDouble value = Decimals.parse(text);
    return value.isPresent() ? Double.toString(value.getAsDouble() + 0.0) : text.strip();
  }
}
