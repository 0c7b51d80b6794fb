package io.cordee.common.job;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.Layout;

/** A job's parameter vector. */
public record JobVector(Layout layout, Optimizer optimizer, NodeRounding rounding) {

  public static JobVector of(Job job) {
    Layout layout = job.model().layout();
    Optimizer optimizer = Optimizer.of(job.rule(), layout, job.model().seed());
    Chunks chunks = Chunks.of(layout.parameters(), optimizer.width());
    return new JobVector(layout, optimizer, new NodeRounding(job.wire().uplink(), chunks));
  }

  public Chunks chunks() {
    return rounding.chunks();
  }
}
