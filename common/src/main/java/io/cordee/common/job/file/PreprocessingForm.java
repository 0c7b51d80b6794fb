package io.cordee.common.job.file;

import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.Preprocessing.Column;
import io.cordee.common.job.data.Preprocessing.Missing;
import io.cordee.common.job.data.Preprocessing.Scale;
import io.cordee.common.job.data.Preprocessing.Unknown;
import io.cordee.common.job.data.Preprocessing.Unlabelled;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The section {@code data.preprocess}. */
final class PreprocessingForm {

  private enum Targets {
    NONE,
    STANDARDIZE
  }

  static final Section.Form<Preprocessing> FORM =
      Section.Form.called(
          "none, standardize, minmax, or a mapping such as {scale: standardize, missing: median}",
          PreprocessingForm::fill);

  private PreprocessingForm() {}

  private static Optional<Preprocessing> fill(Section<Preprocessing> section) {
    Column usual = column(section, Preprocessing::usual);
    List<String> categories =
        section.list(
            "categories",
            1,
            "a list of columns, such as [color]",
            Expected.text("a column's name or index"),
            Preprocessing::categories);
    Optional<Unknown> unknown =
        section.find(
            "unknown",
            Expected.word(Unknown.class),
            it -> Optional.of(it.unknown()).filter(word -> word != Unknown.ERROR));
    Optional<Unlabelled> unlabelled =
        section.find(
            "unlabelled",
            Expected.word(Unlabelled.class),
            it -> Optional.of(it.unlabelled()).filter(word -> word != Unlabelled.ERROR));
    Optional<Targets> targets =
        section.find(
            "targets",
            Expected.word(Targets.class),
            it -> Optional.of(Targets.STANDARDIZE).filter(word -> it.targets()));
    Map<String, Column> columns =
        section.each(
            "columns",
            inner -> {
              Column one = column(inner, it -> it);
              return inner.build(() -> one);
            },
            Preprocessing::columns);
    return section.build(
        () ->
            new Preprocessing(
                usual,
                columns,
                categories,
                unknown.orElse(Unknown.ERROR),
                unlabelled.orElse(Unlabelled.ERROR),
                targets.orElse(Targets.NONE) == Targets.STANDARDIZE,
                Map.of()));
  }

  /** Only numbers can be scaled, and have an indicator. */
  static void requireNumbers(Section<?> data, Preprocessing said, Set<String> ids) {
    said.columns()
        .forEach(
            (name, column) -> {
              boolean isScaled = column.toScale() != Scale.NONE || column.indicator().orElse(false);
              if (isScaled && (ids.contains(name) || said.categories().contains(name))) {
                data.problem(
                    "scale and indicator are for numbers, and this is a column of %s; leave them out"
                        .formatted(ids.contains(name) ? "ids" : "categories"),
                    "preprocess",
                    "columns",
                    name);
              }
            });
  }

  private static <S> Column column(Section<S> section, Function<S, Column> of) {
    Optional<Scale> scale =
        section.find("scale", Expected.word(Scale.class), says -> of.apply(says).scale());
    Optional<Missing> missing =
        section.find("missing", Expected.word(Missing.class), says -> of.apply(says).missing());
    Optional<Boolean> indicator =
        section.find("indicator", Expected.TRUTH, says -> of.apply(says).indicator());
    return new Column(scale, missing, indicator);
  }
}
