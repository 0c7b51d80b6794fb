package io.cordee.worker.data.table;

import io.cordee.common.job.data.TableFormat;
import io.cordee.common.job.file.Nearest;
import io.cordee.worker.data.format.TableFile;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The columns that a table has.
 *
 * @param names of all columns; empty without a header
 * @param width columns of every row
 */
record TableHeader(TableFile file, List<String> names, int width) {

  private static final int NAMES_SHOWN = 20;

  static TableHeader of(TableFile file, TableFormat format) {
    List<String> first = file.first();
    return new TableHeader(file, format.hasNames() ? first : List.of(), first.size());
  }

  boolean isUnnamed() {
    return names.isEmpty();
  }

  /** Returns whether there is a column with this name or index. */
  boolean has(String column) {
    return names.contains(column) || byIndex(column).isPresent();
  }

  /** Returns whether each of these names, if it is there, is there once. */
  boolean areUnique(List<String> known) {
    return Set.copyOf(known).size() == known.size()
        && known.stream().allMatch(name -> names.indexOf(name) == names.lastIndexOf(name));
  }

  /** Those that are not there. A number is a name here too. */
  List<String> missing(List<String> known) {
    TableHeader named = new TableHeader(file, names, 0);
    return known.stream().filter(name -> named.find(name).isEmpty()).toList();
  }

  /** Returns the first columns that are not among these. */
  List<String> others(List<String> known) {
    return names.stream().filter(name -> !known.contains(name)).limit(NAMES_SHOWN).toList();
  }

  /**
   * @param as what the job gives them as
   * @throws DataException if one is not there, or is given twice
   */
  List<Integer> indices(List<String> wanted, String as) {
    Set<Integer> indices = new LinkedHashSet<>();
    for (String column : wanted) {
      if (!indices.add(indexOf(column, as))) {
        throw new DataException("%s: the %s column '%s' is given twice", file.name(), as, column);
      }
    }
    return List.copyOf(indices);
  }

  private int indexOf(String column, String as) {
    int byName = names.indexOf(column);
    if (byName >= 0 && names.lastIndexOf(column) != byName) {
      throw new DataException(
          "%s: column '%s' is there twice, at %d and %d; name it by its index",
          file.name(), column, byName, names.lastIndexOf(column));
    }
    return find(column)
        .orElseThrow(
            () ->
                DataException.of(
                    "%s: expected the %s column '%s'".formatted(file.name(), as, column),
                    found()
                        + Nearest.to(column, names)
                            .map("; did you mean '%s'?"::formatted)
                            .orElse("")));
  }

  /** The first column with this name or index, or this part of its dates. */
  private Optional<Integer> find(String column) {
    int dot = column.lastIndexOf('.');
    if (!names.contains(column) && Dates.PARTS.contains(column.substring(dot + 1))) {
      return find(column.substring(0, Math.max(0, dot)))
          .map(dates -> Dates.column(dates, column.substring(dot + 1)));
    }
    return names.contains(column) ? Optional.of(names.indexOf(column)) : byIndex(column);
  }

  private Optional<Integer> byIndex(String column) {
    return isIndex(column)
        ? Optional.of(Integer.valueOf(column)).filter(index -> index < width)
        : Optional.empty();
  }

  static boolean isIndex(String column) {
    return column.matches("\\d{1,9}");
  }

  /** Refuses a row of numbers as the header: it would be skipped silently. */
  void requireNames() {
    if (!isUnnamed() && names.stream().allMatch(name -> Decimals.parse(name).isPresent())) {
      throw new DataException(
          file.name()
              + ", line 1: expected the names of the columns, since the job has header: true; found"
              + " only numbers: put a line with names before them");
    }
  }

  /** What messages say that was found instead of a column. */
  String found() {
    return isUnnamed()
        ? "columns 0 to " + (width - 1) + ", which have no names without header: true"
        : shown(names);
  }

  static String shown(List<String> names) {
    return names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "))
        + (names.size() > NAMES_SHOWN ? ", ..." : "");
  }

  /** The names by which a job may refer to a column: its name, if it has one, and its index. */
  List<String> namesOf(int column) {
    String index = Dates.ofFile(column) + Dates.suffix(column);
    return isUnnamed() ? List.of(index) : List.of(title(column), index);
  }

  /** A column as messages call it. */
  String describe(int column) {
    return isUnnamed() ? index(column) : name(column);
  }

  /** As above, with its name in the file only if the job has that name too. */
  String describe(int column, List<String> named) {
    return !isUnnamed() && named.contains(title(column)) ? name(column) : index(column);
  }

  /** What a header calls a column. */
  String title(int column) {
    int ofFile = Dates.ofFile(column);
    return (isUnnamed() ? "column" + ofFile : names.get(ofFile)) + Dates.suffix(column);
  }

  private String name(int column) {
    return "column '" + title(column) + "'";
  }

  private static String index(int column) {
    return "column " + Dates.ofFile(column) + Dates.suffix(column) + " (from 0)";
  }
}
