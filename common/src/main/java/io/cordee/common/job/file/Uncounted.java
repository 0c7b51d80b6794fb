package io.cordee.common.job.file;

import io.cordee.common.job.Job;
import io.cordee.common.job.data.IdColumn;
import io.cordee.common.model.FirstWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** A job that leaves numbers of inputs, classes or rows of tables to be counted in its rows. */
public final class Uncounted {

  private final Path file;
  private final List<String> overrides;
  private final List<String> layers;

  /** How many classes or targets the job lists. */
  private final int listed;

  /** As far as they can be read; those without a number of rows have one. */
  private final Map<String, IdColumn> ids;

  private Uncounted(
      Path file,
      List<String> overrides,
      List<String> layers,
      int listed,
      Map<String, IdColumn> ids) {
    this.file = file;
    this.overrides = overrides;
    this.layers = layers;
    this.listed = listed;
    this.ids = ids;
  }

  /** Empty for other jobs. */
  public static Optional<Uncounted> in(Path file, List<String> overrides) {
    Optional<Yaml.Mapping> job = JobFile.changed(file, overrides);
    List<String> layers =
        items(job, "model", "layers").stream()
            .map(it -> it.isWord(Expected.AUTO) ? Expected.AUTO : it.description())
            .toList();
    boolean isAuto =
        !layers.isEmpty()
            && List.of(layers.get(0), layers.get(layers.size() - 1)).contains(Expected.AUTO);
    boolean areInputsGiven = at(job, "model", ModelForm.INPUTS).isPresent();
    Map<String, IdColumn> ids =
        areInputsGiven
            ? Map.of()
            : at(job, "data", DataForm.IDS).map(it -> ids(it, layers)).orElse(Map.of());
    int classes = items(job, "data", "train", "classes").size();
    int listed = classes + items(job, "data", "train", "targets").size();
    return isAuto || !ids.isEmpty()
        ? Optional.of(new Uncounted(file, overrides, layers, listed, ids))
        : Optional.empty();
  }

  /** Returns the entries of a list in a job; none if it has no such list. */
  private static List<Yaml> items(Optional<? extends Yaml> job, String... keys) {
    return at(job, keys)
        .map(it -> it instanceof Yaml.Items in ? in.items() : List.<Yaml>of())
        .orElse(List.of());
  }

  private static Optional<? extends Yaml> at(Optional<? extends Yaml> job, String... keys) {
    Optional<? extends Yaml> at = job;
    for (String key : keys) {
      at = at.flatMap(it -> it instanceof Yaml.Mapping in ? in.value(key) : Optional.empty());
    }
    return at;
  }

  private static Map<String, IdColumn> ids(Yaml said, List<String> layers) {
    Problems problems = new Problems();
    Yaml counted = said;
    if (said instanceof Yaml.Mapping columns) {
      for (String name : columns.entries().keySet()) {
        counted = ((Yaml.Mapping) counted).within(name, Uncounted::withRows);
      }
    }
    Yaml.Mapping data =
        new Yaml.Mapping(said.place(), Map.of(DataForm.IDS, new Yaml.Entry(said.place(), counted)));
    Map<String, IdColumn> ids =
        new SectionReader<Map<String, IdColumn>>(said.place(), "data", data, problems)
            .each(DataForm.IDS, DataForm.ID_COLUMN, it -> it);
    if (!ids.isEmpty() && layers.size() > 1 && layers.get(0).equals(Expected.AUTO)) {
      problems.add(
          said.place(),
          "model.layers",
          "with data.ids, expected layers without the inputs, which are counted; leave the first auto out");
    }
    if (problems.count() > 0) {
      throw problems.toException();
    }
    return ids;
  }

  /** Given a row, if it leaves them to be counted. */
  private static Yaml.Mapping withRows(Yaml.Mapping column) {
    Yaml one = new Yaml.Scalar(column.place(), "1", true);
    return column.value(DataForm.ROWS).or(() -> column.value(DataForm.HASH)).isPresent()
        ? column
        : column.with(DataForm.ROWS, new Yaml.Entry(column.place(), one));
  }

  public boolean hasIds() {
    return !ids.isEmpty();
  }

  /** Returns whether inputs, and rows of tables, are to be counted. */
  public boolean needsInputs() {
    return hasIds() || layers.get(0).equals(Expected.AUTO);
  }

  /**
   * Reads the job without its settings for the optimizer, and with made-up numbers in place of
   * those that are not counted yet.
   *
   * @param labels how many there are, if they are counted
   */
  public Job asIf(IntSupplier labels) {
    List<String> all = new ArrayList<>(overrides);
    all.removeIf(set -> set.startsWith("optimizer."));
    int inputs = 1 + ids.values().stream().mapToInt(IdColumn::dim).sum();
    all.addAll(counted(inputs, labels, column -> 1));
    return JobFile.read(file, all, FirstWeights::requireNames); // shapes are not known
  }

  /**
   * Returns the overrides that make a whole job of it.
   *
   * @param rows of the table of a column of ids
   */
  public List<String> counted(int inputs, IntSupplier labels, ToIntFunction<String> rows) {
    List<String> settings = new ArrayList<>();
    List<String> counted = new ArrayList<>(layers);
    int last = counted.size() - 1;
    if (last >= 0 && counted.get(last).equals(Expected.AUTO)) {
      counted.set(last, Integer.toString(listed > 0 ? listed : labels.getAsInt()));
    }
    if (hasIds()) {
      settings.add("model.inputs=" + inputs);
      settings.addAll(rows(rows));
    } else if (counted.get(0).equals(Expected.AUTO)) {
      counted.set(0, Integer.toString(inputs));
    }
    if (!counted.equals(layers)) {
      settings.add("model.layers=" + counted);
    }
    return settings;
  }

  private List<String> rows(ToIntFunction<String> rows) {
    Map<String, IdColumn> counted = new LinkedHashMap<>(ids);
    counted.replaceAll(
        (name, column) -> column.isHashed() ? column : column.withRows(rows.applyAsInt(name)));
    boolean areKeys = ids.keySet().stream().noneMatch(name -> name.matches(".*[.=].*"));
    return areKeys
        ? counted.entrySet().stream()
            .filter(column -> !column.getValue().isHashed())
            .map(it -> "data.ids." + it.getKey() + ".rows=" + it.getValue().rows())
            .toList()
        : List.of("data.ids=" + flow(counted));
  }

  private static String flow(Map<String, IdColumn> columns) {
    return columns.entrySet().stream()
        .map(
            column ->
                Scalars.text(column.getKey())
                    + ": "
                    + SectionWriter.tree(column.getValue(), DataForm.ID_COLUMN).entrySet().stream()
                        .map(key -> key.getKey() + ": " + key.getValue())
                        .collect(Collectors.joining(", ", "{", "}")))
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
