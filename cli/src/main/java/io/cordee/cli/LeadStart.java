package io.cordee.cli;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.reduce.Shard;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.checkpoint.KeptVersions;
import io.cordee.server.checkpoint.Versions;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.ShardGathering;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Where a job goes on that shard 0 leads: at the latest version that all shards have kept.
 *
 * @param checkpoints this shard's own
 * @param gate who is let in meanwhile
 */
record LeadStart(Job job, Path checkpoints, int shards, Gate gate) {

  private static final Duration PATIENCE = Duration.ofSeconds(600);

  /**
   * Meets the other shards, if there are any; the latest version to go on from.
   *
   * @param latest that it may be
   */
  int agree(int latest, Serving serving, TrainingListener listener) throws InterruptedException {
    if (shards == 1) {
      return latest;
    }
    try {
      KeptVersions own = CheckpointStore.kept(checkpoints, new Shard(0, shards), listener::warned);
      try (ShardGathering gathering =
          ShardGathering.listen(
              serving.where(),
              gate,
              JobFile.write(job),
              shards,
              yaml -> CheckpointStore.isSameJob(yaml, job))) {
        serving.listeningAt(gathering.port());
        listener.waiting(
            shards == 2
                ? "waiting for the other shard to say what it has kept"
                : "waiting for " + (shards - 1) + " other shards to say what they have kept");
        return gathering.agree(Versions.upTo(latest, own.versions()), PATIENCE);
      }
    } catch (IOException e) {
      throw CommandException.failed(Errors.text(e));
    } catch (TimeoutException e) {
      throw CommandException.failed(e.getMessage());
    }
  }
}
