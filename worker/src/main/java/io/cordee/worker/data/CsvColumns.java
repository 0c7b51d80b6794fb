package io.cordee.worker.data;

import io.cordee.common.job.Columns;
import io.cordee.common.job.SourceSpec;
import io.cordee.common.model.ModelSpec;
import java.util.Collections;
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
   * @throws DataException if they are not there, or do not fit the model's inputs and outputs
   */
  static CsvColumns of(
      SourceSpec.Csv spec, ModelSpec model, List<String> first, String file, Wanted wanted) {
    List<String> targets = spec.label().map(List::of).orElse(spec.targets());
    List<String> names = spec.header() ? first : List.of();
    if (wanted == Wanted.ALL) {
      CsvColumns columns = of(targets, names, first.size(), file);
      columns.checkTargets(spec, model, file);
      columns.checkFeatures(spec, model, file);
      return columns;
    }
    if (Collections.disjoint(names, targets)) {
      checkHeader(names, file);
    }
    List<String> found =
        targets.stream().filter(column -> isThere(column, names, first.size(), model)).toList();
    CsvColumns columns = of(found, names, first.size(), file);
    columns.checkFeatures(spec, model, file);
    return columns;
  }

  private static CsvColumns of(List<String> wanted, List<String> names, int width, String file) {
    Set<Integer> targets = new LinkedHashSet<>();
    for (String column : wanted) {
      if (!targets.add(indexOf(column, names, width, file))) {
        throw new DataException(file + ": column '" + column + "' is given as a target twice");
      }
    }
    return new CsvColumns(
        names,
        width,
        List.copyOf(targets),
        IntStream.range(0, width).filter(i -> !targets.contains(i)).boxed().toList());
  }

  /** Whether a target column is in a file that may do without. */
  private static boolean isThere(String column, List<String> names, int width, ModelSpec model) {
    return names.contains(column)
        || width != model.inputs() && index(column).filter(index -> index < width).isPresent();
  }

  /** Refuses a row of numbers in the header's place: it would be passed over in silence. */
  private static void checkHeader(List<String> names, String file) {
    if (!names.isEmpty() && names.stream().allMatch(name -> Decimals.parse(name).isPresent())) {
      throw new DataException(
          file
              + ", line 1: expected the names of the columns, since the job has header: true; found"
              + " only numbers: put a line with names before them");
    }
  }

  private static int indexOf(String column, List<String> names, int width, String file) {
    int byName = names.indexOf(column);
    if (byName >= 0) {
      if (names.lastIndexOf(column) != byName) {
        throw new DataException(
            "%s: column '%s' is there twice, at %d and %d; name it by its index",
            file, column, byName, names.lastIndexOf(column));
      }
      return byName;
    }
    return index(column)
        .filter(index -> index < width)
        .orElseThrow(
            () ->
                DataException.of(
                    String.format(
                        "%s: expected a column '%s' with the label or target", file, column),
                    found(names, width)));
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

  private void checkTargets(SourceSpec.Csv spec, ModelSpec model, String file) {
    if (names.isEmpty() && width == model.inputs()) {
      throw new DataException(
          "%s: expected %d columns, the model's %d inputs and %s; found %d: %s missing",
          file,
          width + targets.size(),
          width,
          kind(spec),
          width,
          spec.label().isPresent() ? "the label is" : "targets are");
    }
    if (spec.label().isEmpty() && targets.size() != model.outputs()) {
      throw new DataException(
          "%s: expected %d target columns, one for each output of the model; found %d",
          file, model.outputs(), targets.size());
    }
  }

  private void checkFeatures(SourceSpec.Csv spec, ModelSpec model, String file) {
    if (features.size() != model.inputs()) {
      throw new DataException(
          "%s: expected %d features per row, the model's inputs; found %d (%d columns, %d of"
              + " them %s)",
          file, model.inputs(), features.size(), width, targets.size(), kind(spec));
    }
  }

  /**
   * What the header calls them; unknown without one.
   *
   * @param named the targets that the job gives by their names, which are right wherever they are
   */
  Columns header(List<String> named) {
    return names.isEmpty()
        ? Columns.UNKNOWN
        : Columns.of(
            features.stream().map(names::get).toList(),
            targets.stream().map(names::get).filter(name -> !named.contains(name)).toList());
  }

  private static String kind(SourceSpec.Csv spec) {
    return spec.label().isPresent() ? "the label" : "targets";
  }

  /** A column as messages call it. */
  String describe(int column) {
    return names.isEmpty() ? index(column) : name(column);
  }

  /** As above, but by its name in the file only if the job has that name as well. */
  String describe(int column, SourceSpec.Csv spec) {
    List<String> known = spec.label().map(List::of).orElse(spec.targets());
    boolean isKnown = !names.isEmpty() && known.contains(names.get(column));
    return isKnown ? name(column) : index(column);
  }

  private String name(int column) {
    return "column '" + names.get(column) + "'";
  }

  private static String index(int column) {
    return "column " + column + " (from 0)";
  }
}
