package io.cordee.worker.compute;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.Layout;

/**
 * The shape of a job's gradients.
 *
 * @param outputs of the model
 * @param rounding of sums
 * @param tree over the partitions
 */
record GradientShape(Layout layout, int outputs, NodeRounding rounding, ReductionTree tree) {

  static GradientShape of(Job job, JobVector vector) {
    return new GradientShape(
        vector.layout(),
        job.model().outputs(),
        new NodeRounding(job.compression().gradients(), vector.chunks()),
        new ReductionTree(job.partitions()));
  }
}
