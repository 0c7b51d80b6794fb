package io.cordee.worker.compute;

import io.cordee.common.job.Tally;

/** Takes results, from any compute thread. */
interface Results {

  /** The sums at a node are complete; they may change once this returns. */
  void summed(int version, int node, NodeSum sum);

  /** A slice of the evaluated rows is measured. */
  void evaluated(int version, int slice, Tally tally);
}
