package io.cordee.bench.chaos;

import io.cordee.common.job.Job;
import io.cordee.common.run.RoundTable;
import io.cordee.server.run.RunFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What is attacked.
 *
 * @param folder of everything that is written
 * @param data where workers look for files
 * @param arePeers whether the shards compute, and there are no other workers
 * @param patience how long nothing may get ahead before that counts as a failure
 */
record Setup(
    Job job,
    Path folder,
    Optional<Path> data,
    boolean arePeers,
    int shards,
    int workers,
    int events,
    long seed,
    Duration patience) {

  Path jobFile() {
    return folder.resolve("job.yaml");
  }

  Path run() {
    return folder.resolve("run");
  }

  /** The run folder of the undisturbed job. */
  Path quiet() {
    return folder.resolve("quiet");
  }

  Path metrics() {
    return run().resolve(RunFiles.METRICS);
  }

  Path checkpoints() {
    return run().resolve(RunFiles.CHECKPOINTS);
  }

  Rows rows() {
    return new Rows(RoundTable.of(job));
  }

  /** Where a process prints. */
  Path log(String name) {
    return folder.resolve(name + ".log");
  }
}
