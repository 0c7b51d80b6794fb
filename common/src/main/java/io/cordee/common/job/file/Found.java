package io.cordee.common.job.file;

import io.cordee.common.job.Job;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.TableEncoding;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a run has found: the section {@code found} beside the job in its folder and, for the rows,
 * in its checkpoints. Not part of the job: it does not affect the bits.
 *
 * @param data the folder in which the job's files were found; empty if that is not known
 * @param columns of the rows that the run is trained on
 * @param rows how many there are, with a checksum; empty if unknown, as in the folder: only the
 *     checkpoints, whose weights were trained on these rows, record it
 * @param run an id that the run and all its checkpoints share; empty in those of older versions
 */
public record Found(Optional<Path> data, Columns columns, String rows, String run) {

  public static final Found NOTHING = new Found(Optional.empty());

  /** Keys, here and in a model's metadata. */
  public static final String COLUMNS = "columns";

  public static final String TARGETS = "targets";

  public static final String ENCODING = "encoding";

  public static final String CLASSES = "classes";

  public static final String SPLIT = "split";

  private static final String ROWS = "rows";
  private static final String RUN = "run";

  static final String KEY = "found";
  private static final String DATA = "data";

  public Found(Optional<Path> data) {
    this(data, Columns.UNKNOWN, "", "");
  }

  public static Found columns(Columns columns) {
    return new Found(Optional.empty(), columns, "", "");
  }

  /** Returns what a checkpoint of a run records. */
  public static Found trainedOn(String rows, String run) {
    return new Found(Optional.empty(), Columns.UNKNOWN, rows, run);
  }

  /** Returns the same, for a run that begins now. */
  public Found ofNewRun() {
    return new Found(data, columns, rows, String.format("%016x", new SecureRandom().nextLong()));
  }

  /** That the files of a job, if it has any, are in this folder. */
  public static Found in(Path folder, Job job) {
    return job.data().files().isEmpty()
        ? NOTHING
        : new Found(Optional.of(folder.toAbsolutePath().normalize()));
  }

  /** This and, where there is nothing, what was found before. */
  public Found or(Found before) {
    return new Found(
        data.or(before::data),
        columns.areNothing() ? before.columns : columns,
        rows.isEmpty() ? before.rows : rows,
        run.isEmpty() ? before.run : run);
  }

  static Optional<Found> fill(Section<Found> section) {
    Optional<String> data = section.find(DATA, Expected.PATH, it -> it.data.map(Path::toString));
    String features = text(section, COLUMNS, "names of columns", it -> it.columns.features());
    String targets = text(section, TARGETS, "names of columns", it -> it.columns.targets());
    String encoding =
        text(section, ENCODING, "the encoding of columns", it -> it.columns.encoding().toText());
    String classes = text(section, CLASSES, "names of columns", it -> it.columns.classes());
    String split = text(section, SPLIT, "which rows are held out", it -> it.columns.split());
    String rows = text(section, ROWS, "how many rows", it -> it.rows);
    String run = text(section, RUN, "the id of a run", it -> it.run);
    return section.build(
        () ->
            new Found(
                data.map(Path::of),
                new Columns(features, targets, TableEncoding.parse(encoding), classes, split),
                rows,
                run));
  }

  private static String text(
      Section<Found> section, String key, String what, Function<Found, String> of) {
    return section
        .find(key, Expected.text(what), it -> Optional.of(of.apply(it)).filter(t -> !t.isEmpty()))
        .orElse("");
  }
}
