package io.cordee.common.job;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Table;
import io.cordee.common.rule.Optimizer;
import io.cordee.function.Layout;
import java.util.OptionalInt;

/**
 * A job's parameter vector.
 *
 * @param resting where the table begins of which rows without a gradient stay as they are, if any
 */
public record JobVector(Layout layout, Optimizer optimizer, Chunks chunks, OptionalInt resting) {

  public static JobVector of(Job job) {
    Layout layout = job.model().layout();
    Optimizer optimizer = Optimizer.of(job.rule(), layout, job.model().seed());
    OptionalInt resting =
        job.model().table().stream()
            .filter(table -> optimizer.rests())
            .mapToInt(Table::first)
            .findFirst();
    Chunks chunks = Chunks.of(layout.parameters(), optimizer.width());
    return new JobVector(layout, optimizer, chunks, resting);
  }
}
