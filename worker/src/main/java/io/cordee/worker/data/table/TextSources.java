package io.cordee.worker.data.table;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.format.Input;
import io.cordee.worker.data.format.LibSvmReader;
import io.cordee.worker.data.format.TableFile;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.FeatureBuilder;
import io.cordee.worker.data.rows.Features;
import java.util.List;
import java.util.OptionalInt;

public final class TextSources {

  private TextSources() {}

  public static TextSource table(
      SourceSpec.Table spec,
      ModelSpec model,
      TableFile file,
      Wanted wanted,
      Columns known,
      OptionalInt inputs) {
    Features.requireScale(spec.scale(), file.name());
    TableColumns columns =
        TableColumns.of(spec, model, file.first(), file.name(), wanted, known, inputs)
            .withCells(file);
    return new TextSource(
        new TextFile(
            file.name(),
            model,
            spec.scale(),
            wanted,
            spec.label().isEmpty(),
            columns.featureNames(),
            columns.ignored().stream().map(columns::title).toList(),
            FeatureBuilder.Dense::new,
            () -> new TableReader(file.open(), file.name(), columns, spec.wanted())),
        columns.header(spec.wanted()).encoded(known.encoding()).labelled(known.classNames()),
        spec.classes());
  }

  /** Features of a table; empty if its cells decide the number of inputs. */
  public static OptionalInt features(
      TableEncoding known, ModelSpec model, Preprocessing preprocessing) {
    if (known.columns().isEmpty()) {
      return preprocessing.keepsColumns() ? OptionalInt.of(model.inputs()) : OptionalInt.empty();
    }
    if (known.inputs() != model.inputs()) {
      throw new DataException(
          "the model has %d inputs, but its columns become %d: its file is damaged",
          model.inputs(), known.inputs());
    }
    return OptionalInt.of(known.columns().size());
  }

  public static TextSource libSvm(
      SourceSpec.LibSvm spec, ModelSpec model, Input input, Wanted wanted, Columns known) {
    Features.requireScale(spec.scale(), input.name());
    return new TextSource(
        new TextFile(
            input.name(),
            model,
            spec.scale(),
            wanted,
            spec.classes().isEmpty() && model.hasOneValue(),
            List.of(),
            List.of(),
            FeatureBuilder.Sparse::new,
            () -> new LibSvmReader(input, model.inputs())),
        Columns.UNKNOWN.labelled(known.classNames()),
        spec.classes());
  }
}
