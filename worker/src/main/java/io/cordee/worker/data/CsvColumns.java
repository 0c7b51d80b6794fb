package io.cordee.worker.data;

import io.cordee.common.job.SourceSpec;
import io.cordee.common.model.ModelSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the columns of a CSV file are.
 *
 * @param names of all columns; empty without a header
 * @param width how many columns every row has
 * @param targets the columns of the label or the targets, in the order of the outputs
 * @param features all other columns, in file order
 */
record CsvColumns(List<String> names, int width, List<Integer> targets, List<Integer> features) {

  private static final int NAMES_SHOWN = 20;

  /**
   * Finds the columns that a job names.
   *
   * @param first the first row, or the header
   */
  static CsvColumns of(SourceSpec.Csv spec, List<String> first, String file) {
    List<String> names = spec.header() ? first : List.of();
    List<String> wanted = spec.label().map(List::of).orElse(spec.targets());
    Set<Integer> targets = new LinkedHashSet<>();
    for (String column : wanted) {
      if (!targets.add(indexOf(column, names, first.size(), file))) {
        throw new DataException(file + ": column '" + column + "' is given as a target twice");
      }
    }
    return new CsvColumns(
        names,
        first.size(),
        List.copyOf(targets),
        IntStream.range(0, first.size()).filter(i -> !targets.contains(i)).boxed().toList());
  }

  private static int indexOf(String column, List<String> names, int width, String file) {
    int byName = names.indexOf(column);
    if (byName >= 0) {
      if (names.lastIndexOf(column) != byName) {
        throw new DataException(
            String.format(
                "%s: column '%s' is there twice, at %d and %d; name it by its index",
                file, column, byName, names.lastIndexOf(column)));
      }
      return byName;
    }
    return index(column)
        .filter(index -> index < width)
        .orElseThrow(
            () ->
                new DataException(
                    String.format(
                        "%s: expected a column '%s'; found %s",
                        file, column, found(names, width))));
  }

  private static Optional<Integer> index(String column) {
    return column.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(column)) : Optional.empty();
  }

  private static String found(List<String> names, int width) {
    if (names.isEmpty()) {
      return "columns 0 to " + (width - 1) + ", which have no names without header: true";
    }
    return names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "))
        + (names.size() > NAMES_SHOWN ? ", ..." : "");
  }

  /** These columns, if they fit the model's inputs and outputs. */
  CsvColumns fitting(ModelSpec model, SourceSpec.Csv spec, String file) {
    if (features.size() != model.inputs()) {
      throw new DataException(
          String.format(
              "%s: expected %d features per row, the model's inputs; found %d (%d columns, %d of"
                  + " them %s)",
              file,
              model.inputs(),
              features.size(),
              width,
              targets.size(),
              spec.label().isPresent() ? "the label" : "targets"));
    }
    if (spec.label().isEmpty() && targets.size() != model.outputs()) {
      throw new DataException(
          String.format(
              "%s: expected %d target columns, one for each output of the model; found %d",
              file, model.outputs(), targets.size()));
    }
    return this;
  }

  /** A column as messages call it. */
  String describe(int column) {
    return names.isEmpty()
        ? "column " + column + " (from 0)"
        : "column '" + names.get(column) + "'";
  }
}
