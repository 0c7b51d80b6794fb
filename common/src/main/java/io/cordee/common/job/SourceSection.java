package io.cordee.common.job;

import io.cordee.common.job.SourceSpec.Csv;
import io.cordee.common.job.SourceSpec.Digits;
import io.cordee.common.job.SourceSpec.Idx;
import io.cordee.common.job.SourceSpec.LibSvm;
import io.cordee.common.job.SourceSpec.Part;
import java.util.List;
import java.util.Optional;

/** Reads {@code data.train} and {@code data.test}. */
final class SourceSection {

  /** What a source may be read as. */
  enum Format {
    IDX,
    CSV,
    LIBSVM,
    DIGITS
  }

  static final String EXPECTED = "a mapping such as {format: csv, file: train.csv, label: class}";

  private static final String STAND_IN = "";
  private static final char COMMA = ',';
  private static final double UNSCALED = 1;

  private SourceSection() {}

  /**
   * @param part what the source is for, and which digits they are unless it says otherwise
   */
  static Optional<SourceSpec> read(Section section, Part part) {
    return section
        .require("format", new Expected.Word<>(Format.class))
        .flatMap(
            format ->
                switch (format) {
                  case IDX -> idx(section);
                  case CSV -> csv(section);
                  case LIBSVM -> libSvm(section);
                  case DIGITS -> digits(section, part);
                });
  }

  private static Optional<SourceSpec> idx(Section section) {
    section.allow(List.of("format", "features", "labels", "scale"));
    String features = file(section, "features");
    String labels = file(section, "labels");
    double scale = scale(section);
    return section.build(() -> new Idx(features, labels, scale));
  }

  private static Optional<SourceSpec> csv(Section section) {
    section.allow(
        List.of("format", "file", "header", "separator", "label", "targets", "classes", "scale"));
    String file = file(section, "file");
    boolean header = section.get("header", new Expected.Truth(), true);
    char separator = section.get("separator", new Expected.Separator(), COMMA);
    Expected<String> column =
        header ? new Expected.Text("a column's name or index") : new Expected.Index();
    Optional<String> label = section.find("label", column);
    List<String> targets =
        section.has("targets")
            ? section.list("targets", 1, "a list of columns, such as [x, y]", column)
            : List.of();
    List<String> classes = classes(section);
    double scale = scale(section);
    return section.build(() -> new Csv(file, header, separator, label, targets, classes, scale));
  }

  private static Optional<SourceSpec> libSvm(Section section) {
    section.allow(List.of("format", "file", "classes", "scale"));
    String file = file(section, "file");
    List<String> classes = classes(section);
    double scale = scale(section);
    return section.build(() -> new LibSvm(file, classes, scale));
  }

  private static Optional<SourceSpec> digits(Section section, Part usual) {
    section.allow(List.of("format", "part"));
    Part part = section.get("part", new Expected.Word<>(Part.class), usual);
    return section.build(() -> new Digits(part));
  }

  private static String file(Section section, String key) {
    return section.require(key, new Expected.FileName()).orElse(STAND_IN);
  }

  private static List<String> classes(Section section) {
    return section.has("classes")
        ? section.list(
            "classes", 2, "a list of at least 2 texts", new Expected.Text("a label's text"))
        : List.of();
  }

  private static double scale(Section section) {
    return section.get("scale", Expected.Number.ABOVE_ZERO, UNSCALED);
  }
}
