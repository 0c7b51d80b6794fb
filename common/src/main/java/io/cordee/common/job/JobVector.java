package io.cordee.common.job;

import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Table;
import io.cordee.function.Layout;
import java.util.Optional;

/**
 * A job's parameter vector.
 *
 * @param late the table whose rows without a gradient are stepped late, if any
 * @param drawn the same, if its chunks are drawn whenever asked for until a row of theirs is
 *     touched
 */
public record JobVector(
    Layout layout,
    Optimizer optimizer,
    Chunks chunks,
    Optional<Table> late,
    Optional<Table> drawn) {

  public static JobVector of(Job job) {
    Layout layout = job.model().layout();
    Optimizer optimizer = Optimizer.of(job.optimizer(), layout, job.model().seed());
    Optional<Table> late = job.model().table().filter(table -> optimizer.canStepLate());
    Chunks chunks = Chunks.of(layout.parameters(), optimizer.width());
    Optional<Table> drawn = late.filter(table -> job.model().first().isEmpty());
    return new JobVector(layout, optimizer, chunks, late, drawn);
  }
}
