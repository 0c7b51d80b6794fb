package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Holding;
import io.cordee.common.wire.GradientFormat;
import io.cordee.worker.link.Contribution;
import io.cordee.worker.link.ServerLink;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Sends results to the servers, from any compute thread.
 *
 * @param announced what the servers know to be held at a version
 */
record ResultSender(
    ServerLink server, IntFunction<Optional<Holding>> announced, GradientFormat format) {

  /**
   * Sends the sums at a node; when this returns, the caller may reuse their arrays. If the model
   * has a table, these are the sums of the rows that the servers know the worker holds now, which
   * may be more than at the time of the lease.
   */
  void contribute(int version, int node, NodeSum sum) {
    announced
        .apply(version)
        .ifPresent(held -> server.contribute(contribution(version, node, sum, held)));
  }

  private Contribution contribution(int version, int node, NodeSum sum, Holding held) {
    return new Contribution(version, node, sum.tally(), sum.of(held), format, held);
  }

  /** Sends what is measured on a slice of the evaluated rows. */
  void evaluated(int version, int slice, Tally tally) {
    server.evaluated(version, slice, tally);
  }
}
