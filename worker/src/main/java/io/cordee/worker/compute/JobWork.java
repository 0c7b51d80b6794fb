package io.cordee.worker.compute;

import io.cordee.common.job.Job;
import io.cordee.common.model.Layout;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.rule.Optimizer;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.ServerSays;
import io.cordee.worker.model.Network;
import java.util.function.Consumer;

/**
 * What a worker holds for its job: rows, vectors and compute threads. Used by the worker's own
 * thread.
 */
public final class JobWork implements AutoCloseable {

  private final HeldRows rows;
  private final VectorSlots vectors;
  private final ComputeTeam team;

  /**
   * @param rows the rows of this job's files
   * @param threads compute threads
   * @param onFailure told of what goes wrong on a compute thread
   */
  public JobWork(
      Job job, HeldRows rows, int threads, ServerLink server, Consumer<Throwable> onFailure) {
    Layout layout = Layout.of(job.model());
    int width = Optimizer.of(job.rule(), layout.parameters()).width();
    // More rows than any partition has would be memory for nothing.
    int microBatch = Math.min(job.microBatch(), rows.largestPart());
    this.rows = rows;
    this.vectors = new VectorSlots(Chunks.of(layout.parameters(), width));
    this.team =
        new ComputeTeam(
            threads,
            () -> Network.of(job.model(), job.compute(), microBatch, job.stop().tolerance(), width),
            layout,
            width,
            new ReductionTree(job.partitions()),
            server,
            onFailure);
  }

  public void put(ServerSays.Chunk chunk) {
    vectors.put(chunk);
  }

  public void compute(ServerSays.Lease lease) {
    int version = lease.version();
    team.compute(
        version,
        vectors.evaluationPoint(version),
        lease.partitions(),
        rows.batches(lease.partitions(), version));
  }

  public void evaluate(ServerSays.Evaluate evaluate) {
    int version = evaluate.version();
    team.evaluate(
        version, vectors.weights(version), evaluate.slices(), rows.testSlices(evaluate.slices()));
  }

  @Override
  public void close() {
    team.close();
  }
}
