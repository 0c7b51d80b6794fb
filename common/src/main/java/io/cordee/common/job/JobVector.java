package io.cordee.common.job;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.rule.Optimizer;
import io.cordee.function.Layout;

/** A job's parameter vector. */
public record JobVector(Layout layout, Optimizer optimizer, Chunks chunks) {

  public static JobVector of(Job job) {
    Layout layout = job.model().layout();
    Optimizer optimizer = Optimizer.of(job.rule(), layout, job.model().seed());
    return new JobVector(layout, optimizer, Chunks.of(layout.parameters(), optimizer.width()));
  }
}
