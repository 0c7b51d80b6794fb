package io.cordee.worker.data.table;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.job.file.Nearest;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.rows.DataException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which columns of a table are features, targets or ignored. */
final class TableColumns {

  private final SourceSpec.Table spec;
  private final TableHeader header;
  private final Wanted wanted;
  private final List<Integer> targets;
  private final List<Integer> features;
  private final List<Integer> ignored;

  /**
   * @param known those that a model was trained on: if both have names, they are found by these
   * @param inputs how many features there are; empty if their texts are yet to tell
   * @throws DataException if they are not there, or do not fit the model's inputs and outputs
   */
  TableColumns(
      SourceSpec.Table spec,
      ModelSpec model,
      TableHeader header,
      Wanted wanted,
      Columns known,
      OptionalInt inputs) {
    this.spec = spec;
    this.header = header;
    this.wanted = wanted;
    // Ignored columns may be missing.
    List<Integer> unused =
        header.indices(spec.ignored().stream().filter(header::has).toList(), "ignored");
    List<String> targetNames = targetNames(known.targetNames());
    if (wanted == Wanted.FEATURES) {
      targetNames = there(targetNames, inputs.orElse(model.inputs()) + unused.size());
    }
    targets = header.indices(targetNames, "label or target");
    features = features(unused, known.featureNames());
    ignored = unused.stream().filter(column -> !features.contains(column)).toList();
    if (wanted != Wanted.FEATURES) {
      checkTargets(model, inputs);
    }
    if (inputs.isPresent()) {
      checkFeatures(inputs.getAsInt());
    }
    checkCells();
  }

  /** Replaces indices of targets by names. */
  private List<String> targetNames(List<String> known) {
    List<String> wanted = spec.wanted();
    long byIndex = wanted.stream().filter(TableHeader::isIndex).count();
    if (byIndex != known.size() || !header.areUnique(known)) {
      return wanted;
    }
    Iterator<String> next = known.iterator();
    return wanted.stream()
        .map(column -> TableHeader.isIndex(column) ? next.next() : column)
        .toList();
  }

  /**
   * The targets that the file has, where they are optional.
   *
   * @param others how many columns are no targets
   * @throws DataException if columns are shifted against the job because a target is missing
   */
  private List<String> there(List<String> wanted, int others) {
    if (spec.format() instanceof TableFormat.Csv && Collections.disjoint(header.names(), wanted)) {
      header.requireNames();
    }
    List<String> there =
        wanted.stream()
            .filter(
                column ->
                    header.names().contains(column)
                        || header.width() != others && header.has(column))
            .toList();
    boolean areCounted = !spec.features().isEmpty() || !spec.ignored().isEmpty();
    if (there.size() < wanted.size() && header.isUnnamed() && areCounted) {
      throw new DataException(
          "%s: without its label or targets its columns cannot be counted as the job counts them; give these too",
          file());
    }
    return there;
  }

  private List<Integer> features(List<Integer> unused, List<String> known) {
    if (!header.isUnnamed() && !known.isEmpty() && header.areUnique(known)) {
      List<String> missing = header.missing(known);
      if (!missing.isEmpty()) {
        String meant =
            missing.stream()
                .flatMap(name -> Nearest.to(name, header.others(known)).stream())
                .findFirst()
                .map("; was '%s' meant to be one of them?"::formatted)
                .orElse("");
        throw DataException.of(
            "%s: expected the columns of the training rows; %s missing"
                .formatted(
                    file(), TableHeader.shown(missing) + (missing.size() == 1 ? " is" : " are")),
            header.found() + meant);
      }
      return header.indices(known, "feature");
    }
    List<Integer> given = header.indices(spec.features(), "feature");
    requireNoTarget(given, "given as a feature and as");
    requireNoTarget(unused, "ignored and");
    return given.isEmpty()
        ? IntStream.range(0, header.width())
            .filter(i -> !targets.contains(i) && !unused.contains(i))
            .boxed()
            .toList()
        : given;
  }

  /**
   * Returns the place of a column among the features.
   *
   * @param by the key that names it
   */
  int feature(String column, String by) {
    int found = header.indices(List.of(column), by).get(0);
    if (!features.contains(found)) {
      throw new DataException(
          "%s: %s names the column '%s', which %s",
          file(),
          by,
          column,
          targets.contains(found)
              ? "is the label or a target; leave it out here"
              : ignored.contains(found)
                  ? "ignore lists; leave it out of one of the two"
                  : "features does not list; add it there, or leave it out here");
    }
    return features.indexOf(found);
  }

  private void requireNoTarget(List<Integer> columns, String as) {
    for (int column : columns) {
      if (targets.contains(column)) {
        throw new DataException(
            "%s: column '%s' is %s the label or target",
            file(), header.isUnnamed() ? column : header.title(column), as);
      }
    }
  }

  private void checkTargets(ModelSpec model, OptionalInt inputs) {
    if (header.isUnnamed()
        && inputs.isPresent()
        && header.width() == inputs.getAsInt() + ignored.size()) {
      throw new DataException(
          "%s: expected %d columns, the model's %d inputs and %s; found %d: %s missing",
          file(),
          header.width() + targets.size(),
          inputs.getAsInt(),
          kind(),
          header.width(),
          spec.label().isPresent() ? "the label is" : "targets are");
    }
    if (spec.label().isEmpty() && targets.size() != model.outputs()) {
      throw new DataException(
          "%s: expected %d target columns, one for each output of the model; found %d",
          file(), model.outputs(), targets.size());
    }
  }

  private void checkFeatures(int inputs) {
    if (features.size() != inputs) {
      throw new DataException(
          "%s: expected %d features per row, the model's inputs; found %d (%d columns, %d of"
              + " them %s%s)",
          file(),
          inputs,
          features.size(),
          header.width(),
          targets.size(),
          kind(),
          ignored.isEmpty() ? "" : ", " + ignored.size() + " ignored");
    }
  }

  private void checkCells() {
    Stream.concat(targets.stream(), features.stream())
        .filter(column -> !header.file().hasCells(Dates.ofFile(column)))
        .findFirst()
        .ifPresent(
            column -> {
              String expected = file() + ": expected columns with one value in each row";
              throw DataException.of(
                  expected,
                  expected,
                  header.describe(column) + ", a list or a group",
                  " (such columns can be listed under ignore)");
            });
  }

  private String file() {
    return header.file().name();
  }

  private String kind() {
    return spec.label().isPresent() ? "the label" : "targets";
  }

  /** Returns true if a trained model reads them: then the job cannot change. */
  boolean areOfTrained() {
    return wanted == Wanted.FEATURES;
  }

  SourceSpec.Table spec() {
    return spec;
  }

  TableHeader header() {
    return header;
  }

  /** The columns of the label or the targets, in the order of the outputs. */
  List<Integer> targets() {
    return targets;
  }

  /** In the order of the inputs. */
  List<Integer> features() {
    return features;
  }

  /** Those that the job ignores and that have cells. */
  List<Integer> ignored() {
    return ignored.stream().filter(header.file()::hasCells).toList();
  }

  /** What the header calls them, but for targets that the job names; unknown without one. */
  Columns names() {
    return header.isUnnamed()
        ? Columns.UNKNOWN
        : Columns.of(
            features.stream().map(header::title).toList(),
            targets.stream()
                .map(header.names()::get)
                .filter(name -> !spec.wanted().contains(name))
                .toList());
  }
}
