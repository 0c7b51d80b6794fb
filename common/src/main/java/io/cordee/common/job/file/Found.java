package io.cordee.common.job.file;

import io.cordee.common.job.Job;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.TableEncoding;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run has found: the section {@code found} beside the job in its folder and, for the rows,
 * in its checkpoints. Not part of the job: it does not affect the bits.
 *
 * @param data the folder in which the job's files were found; empty if that is not known
 * @param columns of the rows that the run is trained on
 * @param rows how many there are, with a checksum; empty if unknown, as in the folder: only the
 *     checkpoints, whose weights were trained on these rows, record it
 */
public record Found(Optional<Path> data, Columns columns, String rows) {

  public static final Found NOTHING = new Found(Optional.empty());

  /** Keys, here and in a model's metadata. */
  public static final String COLUMNS = "columns";

  public static final String TARGETS = "targets";

  public static final String ENCODING = "encoding";

  public static final String CLASSES = "classes";

  public static final String SPLIT = "split";

  private static final String ROWS = "rows";

  static final String KEY = "found";
  private static final String DATA = "data";

  public Found(Optional<Path> data) {
    this(data, Columns.UNKNOWN, "");
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
        columns.equals(Columns.UNKNOWN) ? before.columns : columns,
        rows.isEmpty() ? before.rows : rows);
  }

  static Optional<Found> fill(Section<Found> section) {
    Optional<String> data = section.find(DATA, Expected.FOLDER_NAME, Found::writableData);
    Expected<String> names = Expected.text("names of columns");
    Optional<String> columns =
        section.find(COLUMNS, names, found -> unlessEmpty(found.columns.features()));
    Optional<String> targets =
        section.find(TARGETS, names, found -> unlessEmpty(found.columns.targets()));
    Optional<String> encoding =
        section.find(
            ENCODING,
            Expected.text("the encoding of columns"),
            found -> unlessEmpty(found.columns.encoding().toText()));
    Optional<String> classes =
        section.find(CLASSES, names, found -> unlessEmpty(found.columns.classes()));
    Optional<String> split =
        section.find(
            SPLIT,
            Expected.text("which rows are held out"),
            found -> unlessEmpty(found.columns.split()));
    Optional<String> rows =
        section.find(ROWS, Expected.text("how many rows"), found -> unlessEmpty(found.rows));
    return section.build(
        () ->
            new Found(
                data.map(Path::of),
                new Columns(
                    columns.orElse(""),
                    targets.orElse(""),
                    TableEncoding.parse(encoding.orElse("")),
                    classes.orElse(""),
                    split.orElse("")),
                rows.orElse("")));
  }

  private Optional<String> writableData() {
    return data.map(Path::toString).filter(text -> text.chars().noneMatch(Character::isISOControl));
  }

  private static Optional<String> unlessEmpty(String text) {
    return Optional.of(text).filter(it -> !it.isEmpty());
  }
}
