package io.cordee.common.job.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is made of the columns of a table before a model sees them.
 *
 * @param usual of every column of numbers
 * @param columns of some of them, by name or index; what they do not say is as usual
 * @param categories the columns of texts, by name or index: one input for each different text
 * @param unknown of a text that no training row has
 * @param unlabelled of a row without a label or target
 * @param targets whether targets are brought to a mean of 0 and a standard deviation of 1
 * @param ids the columns of ids, by name or index, in the order of their tables
 */
public record Preprocessing(
    Column usual,
    Map<String, Column> columns,
    List<String> categories,
    Unknown unknown,
    Unlabelled unlabelled,
    boolean targets,
    Map<String, IdColumn> ids) {

  public enum Scale {
    /** Nothing: they are the inputs. */
    NONE,
    /** A mean of 0 and a standard deviation of 1 over the training rows. */
    STANDARDIZE,
    /** From 0 to 1 over the training rows. */
    MINMAX
  }

  public enum Missing {
    /** They are refused. */
    ERROR,
    /** The mean of the training rows that have one takes their place. */
    MEAN,
    /** Likewise the median. */
    MEDIAN,
    /** Their rows are left out. */
    DROP
  }

  public enum Unknown {
    /** It is refused. */
    ERROR,
    /** It has an input of its own, which is 0 in all training rows. */
    OTHER
  }

  /** What is done about a row whose label or target is empty: it is refused, or left out. */
  public enum Unlabelled {
    ERROR,
    DROP
  }

  /**
   * @param indicator whether one more input says where a value is missing
   */
  public record Column(
      Optional<Scale> scale, Optional<Missing> missing, Optional<Boolean> indicator) {

    private Column or(Column usual) {
      return new Column(
          scale.or(usual::scale), missing.or(usual::missing), indicator.or(usual::indicator));
    }

    private boolean isUnsaid() {
      return scale.isEmpty() && missing.isEmpty() && indicator.isEmpty();
    }

    public Scale toScale() {
      return scale.orElse(Scale.NONE);
    }

    public Missing onMissing() {
      return missing.orElse(Missing.ERROR);
    }

    public boolean hasIndicator() {
      return indicator.orElse(false);
    }
  }

  public static final Preprocessing NONE = scaled(Scale.NONE);

  public Preprocessing {
    usual =
        new Column(
            usual.scale.filter(it -> it != Scale.NONE),
            usual.missing.filter(it -> it != Missing.ERROR),
            usual.indicator.filter(it -> it));
    columns =
        columns.entrySet().stream()
            .filter(column -> !column.getValue().isUnsaid())
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
    categories = List.copyOf(categories);
    ids = Collections.unmodifiableMap(new LinkedHashMap<>(ids));
  }

  public static Preprocessing scaled(Scale scale) {
    Column usual =
        new Column(
            Optional.of(scale).filter(it -> it != Scale.NONE), Optional.empty(), Optional.empty());
    return new Preprocessing(
        usual, Map.of(), List.of(), Unknown.ERROR, Unlabelled.ERROR, false, Map.of());
  }

  /** The same with other columns of ids. */
  public Preprocessing with(Map<String, IdColumn> others) {
    return new Preprocessing(usual, columns, categories, unknown, unlabelled, targets, others);
  }

  /** What is done to a column that the job may call by any of these names. */
  public Column of(List<String> names) {
    return names.stream()
        .filter(columns::containsKey)
        .findFirst()
        .map(name -> columns.get(name).or(usual))
        .orElse(usual);
  }

  public boolean isNone() {
    return equals(NONE);
  }

  /** Returns whether there is one input for each column. */
  public boolean keepsColumns() {
    return categories.isEmpty()
        && ids.isEmpty()
        && !usual.hasIndicator()
        && columns.values().stream().noneMatch(Column::hasIndicator);
  }

  public boolean mayDrop() {
    return unlabelled == Unlabelled.DROP
        || usual.onMissing() == Missing.DROP
        || columns.values().stream().anyMatch(column -> column.onMissing() == Missing.DROP);
  }
}
