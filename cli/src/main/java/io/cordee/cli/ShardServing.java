package io.cordee.cli;

import io.cordee.common.reduce.Shard;
import io.cordee.server.ParameterServer;
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
 * @param checkpoints where its own are kept
 */
record ShardServing(
    Shard shard,
    ParameterServer.LeadAt lead,
    Gate gate,
    Duration linger,
    Optional<Path> checkpoints,
    Traffic traffic) {

  Outcome run(Serving serving, TrainingListener listener) throws InterruptedException {
    for (; ; ) {
      try {
        Outcome outcome =
            serving.run(
                where ->
                    ParameterServer.follow(
                        shard, lead, where, gate, linger, checkpoints, traffic, listener));
        if (!(outcome instanceof Outcome.Suspended)) {
          return outcome;
        }
        listener.waiting(outcome.message() + "; waiting for it to come back");
      } catch (LeadException e) {
        if (!e.isLost()) {
          throw e;
        }
        listener.waiting(e.getMessage() + "; waiting for it to come back");
        TimeUnit.SECONDS.sleep(1);
      }
    }
  }
}
