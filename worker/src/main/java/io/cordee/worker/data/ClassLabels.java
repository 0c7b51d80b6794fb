package io.cordee.worker.data;

import io.cordee.common.model.ModelSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the labels of a source mean: indices of the model's classes, or texts in the order of the
 * classes. A model with K outputs has K classes; with one output, two.
 */
final class ClassLabels {

  private final int classes;
  // Keyed by the label as written or, for numbers, by their value, so that 1, +1 and 1.0 are equal.
  private final Map<String, Integer> indices = new HashMap<>();
  private final List<String> names;

  private ClassLabels(int classes, List<String> names) {
    this.classes = classes;
    this.names = names;
    for (String name : names) {
      if (indices.put(key(name), indices.size()) != null) {
        throw new DataException("classes names '" + name + "' twice");
      }
    }
  }

  /**
   * The classes of a model.
   *
   * @param names the labels' texts in class order; empty if labels are class indices
   * @throws DataException if there are not as many as the model tells apart
   */
  static ClassLabels of(ModelSpec model, List<String> names) {
    int classes = Math.max(2, model.outputs());
    if (!names.isEmpty() && names.size() != classes) {
      throw new DataException(
          "expected %d classes, since the model has %d output%s; found %d: %s",
          classes,
          model.outputs(),
          model.outputs() == 1 ? "" : "s",
          names.size(),
          String.join(", ", names));
    }
    return new ClassLabels(classes, names);
  }

  /** The class of a label in a text file. */
  int indexOf(String text, Place place) {
    if (!names.isEmpty()) {
      Integer index = indices.get(key(text));
      if (index == null) {
        throw place.error(
            "expected one of the classes " + String.join(", ", names), "'" + text + "'");
      }
      return index;
    }
    OptionalDouble value = Decimals.parse(text);
    if (value.isPresent()
        && value.getAsDouble() >= 0
        && value.getAsDouble() < classes
        && value.getAsDouble() == (int) value.getAsDouble()) {
      return (int) value.getAsDouble();
    }
    throw place.error(
        expected(), "'" + text + "'", " (labels that are no class indices go under classes)");
  }

  /** The class of a label that is an index already. */
  int indexOf(int index, Place place) {
    if (index >= classes) {
      throw place.error(expected(), Integer.toString(index));
    }
    return index;
  }

  private String expected() {
    return "expected a class index from 0 to " + (classes - 1);
  }

  private static String key(String text) {
    OptionalDouble value = Decimals.parse(text);
    return value.isPresent() ? Double.toString(value.getAsDouble() + 0.0) : text.strip();
  }
}
