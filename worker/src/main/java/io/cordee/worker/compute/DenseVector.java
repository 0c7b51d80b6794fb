package io.cordee.worker.compute;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.function.Rows;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ServerLink;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntFunction;

/** A vector that every worker holds whole. */
final class DenseVector implements WorkerVector {

  private final HeldRows rows;
  private final Chunks chunks;
  private final ReceivedVectors received;

  DenseVector(Job job, HeldRows rows, ServerLink server) {
    this.rows = rows;
    this.chunks = JobVector.of(job).chunks();
    this.received = ReceivedVectors.of(job, chunks, server);
  }

  @Override
  public int head() {
    return chunks.parameters();
  }

  @Override
  public void prepare(BitSet partitions, boolean areLoaded) {}

  @Override
  public IntFunction<RoundRows> lease(int version, BitSet partitions) {
    return rows.batches(partitions, version);
  }

  @Override
  public IntFunction<Rows> slices(int version, BitSet slices) {
    return rows.slices(slices);
  }

  @Override
  public void expect(int version) {}

  @Override
  public boolean isCurrent(Chunk chunk) {
    return chunk.holding() == chunks.number();
  }

  @Override
  public boolean put(Chunk chunk) {
    return received.put(chunk);
  }

  @Override
  public Optional<Point> lookaheadPoint(int version) {
    return received.lookaheadPoint(version).map(DensePoint::new);
  }

  @Override
  public Optional<Point> weights(int version) {
    return received.weights(version).map(DensePoint::new);
  }

  @Override
  public Optional<Holding> announced(int version) {
    return Optional.of(chunks);
  }
}
