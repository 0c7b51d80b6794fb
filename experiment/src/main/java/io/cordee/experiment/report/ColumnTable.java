package io.cordee.experiment.report;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.job.data.TableEncoding.Column;
import io.cordee.common.job.data.TableEncoding.Ids;
import io.cordee.common.job.data.TableEncoding.Numbers;
import io.cordee.common.job.data.TableEncoding.Texts;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.experiment.run.Run;
import io.cordee.server.run.RunFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the columns of a run's training rows hold, where they were looked at to be encoded. */
final class ColumnTable {

  private static final int TEXTS_SHOWN = 8;
  private static final int MOST = 200;

  private record Named(String name, Column column) {}

  private ColumnTable() {}

  /** In HTML; empty for a run whose rows are taken as they are. */
  static String html(Run run) {
    try {
      return html(JobFile.found(run.folder().resolve(RunFiles.JOB)).columns());
    } catch (JobException e) {
      return ""; // edited since
    }
  }

  private static String html(Columns of) {
    TableEncoding encoding = of.encoding();
    List<String> names = of.featureNames();
    List<Named> shown = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST, encoding.columns().size()); i++) {
      String name = i < names.size() ? names.get(i) : Integer.toString(i);
      shown.add(new Named(name, encoding.columns().get(i)));
    }
    if (shown.isEmpty()) {
      return "";
    }
    return new Table<Named>()
        .names("column", Named::name)
        .words("values", each -> holds(each.column()))
        .numbers("subtracted", each -> number(each.column(), true))
        .numbers("divided by", each -> number(each.column(), false))
        .numbers("imputed with", each -> fill(each.column()))
        .numbers("inputs", each -> Integer.toString(each.column().inputs()))
        .html("Columns of the training rows", shown);
  }

  private static String number(Column column, boolean isShift) {
    return column instanceof Numbers numbers && !numbers.range().isUnit()
        ? NumberText.loss(isShift ? numbers.range().shift() : numbers.range().scale())
        : "–";
  }

  private static String fill(Column column) {
    return column instanceof Numbers numbers && numbers.fill().isPresent()
        ? NumberText.loss(numbers.fill().getAsDouble())
        : "–";
  }

  private static String holds(Column column) {
    if (column instanceof Ids ids) {
      return ids.how().rows() + " rows of ids";
    }
    if (!(column instanceof Texts texts)) {
      return "numbers";
    }
    int more = texts.texts().size() - TEXTS_SHOWN;
    return texts.texts().stream()
            .limit(TEXTS_SHOWN)
            .map(text -> text.isEmpty() ? "(empty)" : text)
            .collect(Collectors.joining(", "))
        + (more > 0 ? " and " + more + " more" : "");
  }
}
