package io.cordee.worker.data.table;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.format.TableFile;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The columns of a table.
 *
 * @param names of all columns; empty without a header
 * @param width columns of every row
 * @param targets the columns of the label or the targets, in the order of the outputs
 * @param features those of the features, in the order of the inputs
 * @param ignored those that the job ignores and the file has
 * @param above if given, the limit that the label's number is compared with
 */
public record TableColumns(
    List<String> names,
    int width,
    List<Integer> targets,
    List<Integer> features,
    List<Integer> ignored,
    Optional<Double> above) {

  private static final int NAMES_SHOWN = 20;

  /**
   * @param first the first row, or the header
   * @param known those that a model was trained on: if both have names, they are found by these
   * @param inputs how many features there are; empty if their texts are yet to tell
   * @throws DataException if they are not there, or do not fit the model's inputs and outputs
   */
  static TableColumns of(
      SourceSpec.Table spec,
      ModelSpec model,
      List<String> first,
      String file,
      Wanted wanted,
      Columns known,
      OptionalInt inputs) {
    List<String> names = spec.format().hasNames() ? first : List.of();
    List<String> targets = byName(spec.wanted(), known.targetNames(), names);
    List<Integer> ignored = ignored(spec, names, first.size(), file);
    if (wanted == Wanted.FEATURES) {
      if (spec.format() instanceof TableFormat.Csv && Collections.disjoint(names, targets)) {
        checkHeader(names, file);
      }
      int others = inputs.orElse(model.inputs()) + ignored.size();
      List<String> there =
          targets.stream().filter(column -> isThere(column, names, first.size(), others)).toList();
      if (there.size() < targets.size()) {
        requireTheirPlaces(spec, names, file);
      }
      targets = there;
    }
    List<Integer> targetColumns = indices(targets, "label or target", names, first.size(), file);
    List<Integer> features =
        features(spec, names, first.size(), file, targetColumns, ignored, known.featureNames());
    TableColumns columns =
        new TableColumns(
            names,
            first.size(),
            targetColumns,
            features,
            ignored.stream().filter(column -> !features.contains(column)).toList(),
            spec.above());
    if (wanted != Wanted.FEATURES) {
      columns.checkTargets(spec, model, file, inputs);
    }
    if (inputs.isPresent()) {
      columns.checkFeatures(spec, inputs.getAsInt(), file);
    }
    return columns;
  }

  /**
   * Without ignored columns that have no cells.
   *
   * @throws DataException if other columns have none
   */
  TableColumns withCells(TableFile file) {
    Stream.concat(targets.stream(), features.stream())
        .filter(column -> !file.hasCells(Dates.ofFile(column)))
        .findFirst()
        .ifPresent(
            column -> {
              String expected = file.name() + ": expected columns with one value in each row";
              throw DataException.of(
                  expected,
                  expected,
                  describe(column) + ", a list or a group",
                  " (such columns can be listed under ignore)");
            });
    List<Integer> others = ignored.stream().filter(file::hasCells).toList();
    return new TableColumns(names, width, targets, features, others, above);
  }

  /** Refuses rows whose columns are shifted against the job because a target is missing. */
  private static void requireTheirPlaces(SourceSpec.Table spec, List<String> names, String file) {
    boolean areCounted = !spec.features().isEmpty() || !spec.ignored().isEmpty();
    if (names.isEmpty() && areCounted) {
      throw new DataException(
          "%s: without its label or targets its columns cannot be counted as the job counts them; give these too",
          file);
    }
  }

  /** Replaces indices of targets by names. */
  private static List<String> byName(List<String> targets, List<String> known, List<String> names) {
    long byIndex = targets.stream().filter(column -> index(column).isPresent()).count();
    if (byIndex != known.size() || !areUnique(known, names)) {
      return targets;
    }
    Iterator<String> next = known.iterator();
    return targets.stream()
        .map(column -> index(column).isPresent() ? next.next() : column)
        .toList();
  }

  private static List<Integer> features(
      SourceSpec.Table spec,
      List<String> names,
      int width,
      String file,
      List<Integer> targets,
      List<Integer> ignored,
      List<String> known) {
    if (!names.isEmpty() && !known.isEmpty() && areUnique(known, names)) {
      List<String> missing =
          known.stream().filter(name -> find(name, names, 0).isEmpty()).toList(); // no indices
      if (!missing.isEmpty()) {
        throw DataException.of(
            "%s: expected the columns of the training rows; %s missing"
                .formatted(file, shown(missing) + (missing.size() == 1 ? " is" : " are")),
            found(names, width));
      }
      return indices(known, "feature", names, width, file);
    }
    List<Integer> given = indices(spec.features(), "feature", names, width, file);
    requireNone(targets, given, "given as a feature and as", names, file);
    requireNone(targets, ignored, "ignored and", names, file);
    return given.isEmpty()
        ? IntStream.range(0, width)
            .filter(i -> !targets.contains(i) && !ignored.contains(i))
            .boxed()
            .toList()
        : given;
  }

  private static boolean areUnique(List<String> known, List<String> names) {
    return Set.copyOf(known).size() == known.size()
        && known.stream().allMatch(name -> names.indexOf(name) == names.lastIndexOf(name));
  }

  private static void requireNone(
      List<Integer> targets, List<Integer> others, String as, List<String> names, String file) {
    for (int column : others) {
      if (targets.contains(column)) {
        throw new DataException(
            "%s: column '%s' is %s the label or target",
            file, names.isEmpty() ? column : names.get(column), as);
      }
    }
  }

  /** Ignored columns may be missing. */
  private static List<Integer> ignored(
      SourceSpec.Table spec, List<String> names, int width, String file) {
    List<String> there =
        spec.ignored().stream()
            .filter(
                column ->
                    names.contains(column)
                        || index(column).filter(index -> index < width).isPresent())
            .toList();
    return indices(there, "ignored", names, width, file);
  }

  private static List<Integer> indices(
      List<String> wanted, String as, List<String> names, int width, String file) {
    Set<Integer> indices = new LinkedHashSet<>();
    for (String column : wanted) {
      if (!indices.add(indexOf(column, as, names, width, file))) {
        throw new DataException("%s: the %s column '%s' is given twice", file, as, column);
      }
    }
    return List.copyOf(indices);
  }

  /** For files whose targets are optional. */
  private static boolean isThere(String column, List<String> names, int width, int others) {
    return names.contains(column)
        || width != others && index(column).filter(index -> index < width).isPresent();
  }

  /** Refuses a row of numbers as the header: it would be skipped silently. */
  private static void checkHeader(List<String> names, String file) {
    if (!names.isEmpty() && names.stream().allMatch(name -> Decimals.parse(name).isPresent())) {
      throw new DataException(
          file
              + ", line 1: expected the names of the columns, since the job has header: true; found"
              + " only numbers: put a line with names before them");
    }
  }

  private static int indexOf(String column, String as, List<String> names, int width, String file) {
    int byName = names.indexOf(column);
    if (byName >= 0) {
      if (names.lastIndexOf(column) != byName) {
        throw new DataException(
            "%s: column '%s' is there twice, at %d and %d; name it by its index",
            file, column, byName, names.lastIndexOf(column));
      }
      return byName;
    }
    return find(column, names, width)
        .orElseThrow(
            () ->
                DataException.of(
                    String.format("%s: expected the %s column '%s'", file, as, column),
                    found(names, width)));
  }

  /** The first column with this name or index, or this part of its dates. */
  private static Optional<Integer> find(String column, List<String> names, int width) {
    int dot = column.lastIndexOf('.');
    if (!names.contains(column) && Dates.PARTS.contains(column.substring(dot + 1))) {
      return find(column.substring(0, Math.max(0, dot)), names, width)
          .map(dates -> Dates.column(dates, column.substring(dot + 1)));
    }
    return names.contains(column)
        ? Optional.of(names.indexOf(column))
        : index(column).filter(index -> index < width);
  }

  private static Optional<Integer> index(String column) {
    return column.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(column)) : Optional.empty();
  }

  private static String found(List<String> names, int width) {
    if (names.isEmpty()) {
      return "columns 0 to " + (width - 1) + ", which have no names without header: true";
    }
    return shown(names);
  }

  private static String shown(List<String> names) {
    return names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "))
        + (names.size() > NAMES_SHOWN ? ", ..." : "");
  }

  private void checkTargets(
      SourceSpec.Table spec, ModelSpec model, String file, OptionalInt inputs) {
    if (names.isEmpty() && inputs.isPresent() && width == inputs.getAsInt() + ignored.size()) {
      throw new DataException(
          "%s: expected %d columns, the model's %d inputs and %s; found %d: %s missing",
          file,
          width + targets.size(),
          inputs.getAsInt(),
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

  private void checkFeatures(SourceSpec.Table spec, int inputs, String file) {
    if (features.size() != inputs) {
      throw new DataException(
          "%s: expected %d features per row, the model's inputs; found %d (%d columns, %d of"
              + " them %s%s)",
          file,
          inputs,
          features.size(),
          width,
          targets.size(),
          kind(spec),
          ignored.isEmpty() ? "" : ", " + ignored.size() + " ignored");
    }
  }

  /**
   * What the header calls them; unknown without one.
   *
   * @param named the targets that the job gives by name, which may be in any place
   */
  Columns header(List<String> named) {
    return names.isEmpty()
        ? Columns.UNKNOWN
        : Columns.of(
            features.stream().map(this::title).toList(),
            targets.stream().map(names::get).filter(name -> !named.contains(name)).toList());
  }

  /** The names by which a job may refer to each feature: its name, if it has one, and its index. */
  List<List<String>> featureNames() {
    return features.stream()
        .map(
            i ->
                names.isEmpty()
                    ? List.of(Dates.ofFile(i) + Dates.suffix(i))
                    : List.of(title(i), Dates.ofFile(i) + Dates.suffix(i)))
        .toList();
  }

  private static String kind(SourceSpec.Table spec) {
    return spec.label().isPresent() ? "the label" : "targets";
  }

  /** A column as messages call it. */
  String describe(int column) {
    return names.isEmpty() ? index(column) : name(column);
  }

  /** As above, with its name in the file only if the job has that name too. */
  String describe(int column, List<String> named) {
    boolean isKnown = !names.isEmpty() && named.contains(title(column));
    return isKnown ? name(column) : index(column);
  }

  /** What a header calls a column. */
  String title(int column) {
    int ofFile = Dates.ofFile(column);
    return (names.isEmpty() ? "column" + ofFile : names.get(ofFile)) + Dates.suffix(column);
  }

  private String name(int column) {
    return "column '" + title(column) + "'";
  }

  private static String index(int column) {
    return "column " + Dates.ofFile(column) + Dates.suffix(column) + " (from 0)";
  }
}
