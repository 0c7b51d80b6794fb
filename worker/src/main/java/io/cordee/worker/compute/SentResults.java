package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Holding;
import io.cordee.common.wire.Uplink;
import io.cordee.worker.link.Contribution;
import io.cordee.worker.link.ServerLink;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Sends results to the servers.
 *
 * @param announced what the servers know to be held at a version
 */
record SentResults(ServerLink server, IntFunction<Optional<Holding>> announced, Uplink uplink)
    implements Results {

  /** Contributes what the servers know to be held now: it may be more than when it was leased. */
  @Override
  public void summed(int version, int node, NodeSum sum) {
    announced
        .apply(version)
        .ifPresent(held -> server.contribute(contribution(version, node, sum, held)));
  }

  private Contribution contribution(int version, int node, NodeSum sum, Holding held) {
    return new Contribution(version, node, sum.tally(), sum.of(held), uplink, held);
  }

  @Override
  public void evaluated(int version, int slice, Tally tally) {
    server.evaluated(version, slice, tally);
  }
}
