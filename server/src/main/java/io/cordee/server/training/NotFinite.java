package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.team.WorkerId;

/** What to say when a round's loss or sum is NaN or infinite; the job fails with it. */
final class NotFinite {

  private static final String ADVICE = "; a smaller learning rate or step may help";

  private NotFinite() {}

  static String loss(int version, ReductionTree.Span span, WorkerId worker) {
    return String.format(
        "round %d: the loss over %s, from %s, is not finite%s",
        version + 1, words(span), worker, ADVICE);
  }

  static String loss(int version) {
    return String.format(
        "round %d: the loss over all partitions is not finite%s", version + 1, ADVICE);
  }

  static String sum(int version, ReductionTree.Span span, WorkerId worker, Job job, int parameter) {
    return sum(version, words(span) + ", from " + worker + ",", job, parameter);
  }

  static String sum(int version, Job job, int parameter) {
    return sum(version, "all partitions", job, parameter);
  }

  private static String sum(int version, String over, Job job, int parameter) {
    return String.format(
        "round %d: the sum over %s is not finite in %s, parameter %d%s",
        version + 1, over, job.model().layout().tensorAt(parameter).name(), parameter, ADVICE);
  }

  private static String words(ReductionTree.Span span) {
    return String.format("partitions %d to %d", span.from(), span.to() - 1);
  }
}
