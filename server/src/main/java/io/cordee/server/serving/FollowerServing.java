package io.cordee.server.serving;

import io.cordee.common.reduce.Shard;
import io.cordee.common.retry.Retry;
import io.cordee.server.assembly.FollowerRole;
import io.cordee.server.assembly.LeadAt;
import io.cordee.server.grpc.Gate;
import io.cordee.server.observe.Traffic;
import io.cordee.server.shard.LeadException;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A shard that does not lead, until the job is over: when shard 0 is lost, it waits for it to come
 * back.
 *
 * @param checkpoints where this shard's are kept; empty for none: then the job starts over when
 *     this shard is lost
 */
public record FollowerServing(
    Shard shard,
    LeadAt lead,
    Gate gate,
    Duration linger,
    Optional<Path> checkpoints,
    Traffic traffic) {

  /**
   * @throws LeadException if shard 0 does not come within its patience, or refuses this shard
   * @throws StartException if it cannot be started
   */
  public Outcome run(Serving serving, TrainingListener listener) throws InterruptedException {
    FollowerRole role = new FollowerRole(shard, lead, checkpoints, traffic, listener);
    Optional<Retry> sinceLost = Optional.empty();
    String said = "";
    for (; ; ) {
      try {
        Outcome outcome = serving.run(gate, linger, role);
        if (!(outcome instanceof Outcome.Suspended)) {
          return outcome;
        }
        listener.waiting(outcome.message() + "; waiting for it to come back");
        sinceLost = Optional.empty();
        said = "";
      } catch (LeadException e) {
        if (!e.isLost()) {
          throw e;
        }
        if (!said.equals(e.getMessage())) {
          said = e.getMessage();
          listener.waiting(said + "; retrying");
        }
        Retry retry =
            sinceLost.orElseGet(() -> new Retry(lead.patience(), TimeUnit.NANOSECONDS::sleep));
        sinceLost = Optional.of(retry);
        if (!retry.pause()) {
          throw new LeadException(said + "; gave up after " + lead.patience().toSeconds() + " s");
        }
      }
    }
  }
}
