package io.cordee.common.job.data;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * How columns of a table become the inputs of a model, and its outputs become target values again,
 * as training rows have shown them to lie. A model remembers it, as their names.
 *
 * @param columns of the features, in order; none if values are inputs as they are
 * @param targets ranges of the targets, in order; none if outputs are values as they are
 */
public record TableEncoding(List<Column> columns, List<Range> targets) {

  public static final TableEncoding NONE = new TableEncoding(List.of(), List.of());

  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

  /** Characters of its text. */
  public static final int LONGEST = 1 << 19;

  /** Inputs; more are no table. */
  public static final int MOST = 10_000;

  public sealed interface Column {

    int inputs();
  }

  /**
   * Where numbers lie: a number becomes (number − shift) / scale.
   *
   * @param scale positive
   */
  public record Range(double shift, double scale) {

    public static final Range UNIT = new Range(0, 1);

    public Range {
      if (!Double.isFinite(shift) || !(scale > 0) || !Double.isFinite(scale)) {
        throw new IllegalArgumentException("expected a finite shift and a finite, positive scale");
      }
    }

    /** Returns whether numbers stay as they are. */
    public boolean isUnit() {
      return shift == 0 && scale == 1;
    }
  }

  /**
   * Numbers.
   *
   * @param fill the number in place of a missing one; empty if none may be missing
   * @param indicator whether one more input is 1 where a number is missing, and 0 elsewhere
   */
  public record Numbers(Range range, OptionalDouble fill, boolean indicator) implements Column {
    public Numbers {
      if (fill.isPresent() && !Double.isFinite(fill.getAsDouble())) {
        throw new IllegalArgumentException("expected a finite number in place of missing ones");
      }
    }

    @Override
    public int inputs() {
      return indicator ? 2 : 1;
    }
  }

  /**
   * Texts: one input for each, which is 1 where the text is this one, and 0 elsewhere.
   *
   * @param texts the different ones, sorted
   * @param hasOther whether one more input is for all other texts, rather than refusing them
   */
  public record Texts(List<String> texts, boolean hasOther) implements Column {
    public Texts {
      texts = List.copyOf(texts);
      if (Set.copyOf(texts).size() != texts.size()) {
        throw new IllegalArgumentException("expected each text once");
      }
    }

    @Override
    public int inputs() {
      return texts.size() + (hasOther ? 1 : 0);
    }
  }

  /**
   * Ids: the rows of a table that a cell names, summed up or their mean, are the first inputs.
   *
   * @param table the number of the table, from 0
   * @param known the ids of the rows from 1 on, sorted; none if rows are hashed
   */
  public record Ids(int table, IdColumn how, List<String> known) implements Column {
    public Ids {
      known = List.copyOf(known);
      if (Set.copyOf(known).size() != known.size() || how.isHashed() && !known.isEmpty()) {
        throw new IllegalArgumentException("expected each id once, and none with a hash");
      }
    }

    @Override
    public int inputs() {
      return how.dim();
    }
  }

  public TableEncoding {
    columns = List.copyOf(columns);
    targets = List.copyOf(targets);
  }

  public boolean isNone() {
    return equals(NONE);
  }

  public int inputs() {
    return columns.stream().mapToInt(Column::inputs).sum();
  }

  /** The columns of ids, in the order of their tables. */
  public List<Ids> ids() {
    return columns.stream()
        .filter(Ids.class::isInstance)
        .map(Ids.class::cast)
        .sorted(Comparator.comparingInt(Ids::table))
        .toList();
  }

  /** Outputs of rows as target values, in place; [rows, targets]. */
  public void decode(float[] outputs) {
    for (int i = 0; i < outputs.length && !targets.isEmpty(); i++) {
      Range range = targets.get(i % targets.size());
      outputs[i] = (float) (outputs[i] * range.scale() + range.shift());
    }
  }

  // ---- its text ----

  /** What its text says. */
  private record Said(List<SaidColumn> columns, List<Range> targets) {}

  /** What does not go with a column, or is not so, is null and not written. */
  private record SaidColumn(
      Double shift,
      Double scale,
      Double fill,
      Boolean indicator,
      List<String> texts,
      Boolean other,
      Ids ids) {

    static SaidColumn of(Column column) {
      if (column instanceof Texts texts) {
        Boolean other = texts.hasOther() ? true : null;
        return new SaidColumn(null, null, null, null, texts.texts(), other, null);
      }
      if (column instanceof Ids ids) {
        return new SaidColumn(null, null, null, null, null, null, ids);
      }
      Numbers numbers = (Numbers) column;
      Range range = numbers.range();
      Double fill = numbers.fill().isPresent() ? numbers.fill().getAsDouble() : null;
      Boolean indicator = numbers.indicator() ? true : null;
      return new SaidColumn(range.shift(), range.scale(), fill, indicator, null, null, null);
    }

    Column column() {
      if (ids != null) {
        return ids;
      }
      return texts != null
          ? new Texts(texts, other != null && other)
          : new Numbers(
              new Range(shift, scale),
              fill == null ? OptionalDouble.empty() : OptionalDouble.of(fill),
              indicator != null && indicator);
    }
  }

  /** As JSON; empty if there is nothing to say. */
  public String toText() {
    return isNone()
        ? ""
        : JSON.toJson(
            new Said(
                columns.stream().map(SaidColumn::of).toList(), targets.isEmpty() ? null : targets));
  }

  /**
   * @throws IllegalArgumentException if the text is not one of {@link #toText}
   */
  public static TableEncoding parse(String text) {
    if (text.isEmpty()) {
      return NONE;
    }
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "expected at most %d characters; found %d".formatted(LONGEST, text.length()));
    }
    try {
      Said said = JSON.fromJson(text, Said.class);
      return new TableEncoding(
          said.columns().stream().map(SaidColumn::column).toList(),
          said.targets() == null ? List.of() : said.targets());
    } catch (RuntimeException e) { // Gson wraps or hands on what constructors say.
      throw new IllegalArgumentException(
          "expected the encoding of columns as {\"columns\": [{\"shift\": 0, \"scale\": 1}, ...]}",
          e);
    }
  }

  // ---- others ----

  /** Names the first column that others encode differently; {@code names} may not be known. */
  Optional<String> difference(TableEncoding others, List<String> names) {
    if (columns.size() != others.columns.size()) {
      return Optional.of(
          "expected %d columns to be encoded; found %d"
              .formatted(columns.size(), others.columns.size()));
    }
    for (int i = 0; i < columns.size(); i++) {
      if (!columns.get(i).equals(others.columns.get(i))) {
        String name =
            i < names.size() ? "column '" + names.get(i) + "'" : "feature %d (from 0)".formatted(i);
        return Optional.of(
            "expected %s to be encoded by %s; found %s"
                .formatted(name, words(columns.get(i)), words(others.columns.get(i))));
      }
    }
    return targets.equals(others.targets)
        ? Optional.empty()
        : Optional.of(
            "expected targets that are scaled by " + targets + "; found " + others.targets);
  }

  private static String words(Column column) {
    String text = JSON.toJson(SaidColumn.of(column));
    return text.length() <= 200 ? text : text.substring(0, 200) + " ...";
  }

  /** The column whose text is longest. */
  public int longest() {
    List<Integer> lengths =
        columns.stream().map(it -> JSON.toJson(SaidColumn.of(it)).length()).toList();
    return lengths.indexOf(Collections.max(lengths));
  }

  /** For messages: how many inputs columns become that are not one. */
  public String words(List<String> names) {
    List<String> several = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      int inputs = columns.get(i).inputs();
      if (inputs != 1) {
        several.add((i < names.size() ? names.get(i) : "feature " + i) + " " + inputs);
      }
    }
    return String.join(", ", several.subList(0, Math.min(5, several.size())))
        + (several.size() > 5 ? ", ..." : "");
  }

  /** The name of each input but those from tables, from the columns' names. */
  public List<String> inputNames(List<String> names) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String name = names.get(i);
      if (columns.get(i) instanceof Ids) {
        continue;
      }
      if (columns.get(i) instanceof Texts texts) {
        texts.texts().forEach(text -> all.add(name + " = " + text));
        if (texts.hasOther()) {
          all.add(name + " = other");
        }
      } else {
        all.add(name);
        if (columns.get(i).inputs() > 1) {
          all.add(name + " is missing");
        }
      }
    }
    return all;
  }

  /**
   * Range and fill of each input but those from tables, in order: those of texts and indicators
   * stay as they are.
   */
  public List<Numbers> byInput() {
    Numbers asItIs = new Numbers(Range.UNIT, OptionalDouble.empty(), false);
    List<Numbers> all = new ArrayList<>();
    for (Column column : columns) {
      int inputs = column instanceof Ids ? 0 : column.inputs();
      for (int i = 0; i < inputs; i++) {
        all.add(i == 0 && column instanceof Numbers numbers ? numbers : asItIs);
      }
    }
    return all;
  }
}
