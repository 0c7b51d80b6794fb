package io.cordee.worker.compute;

import io.cordee.common.job.Job;
import io.cordee.common.reduce.Holding;
import io.cordee.function.Rows;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ServerLink;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The parameter vector as a worker holds it. The worker's own thread says what it is going to
 * compute; any thread puts chunks and reads.
 */
interface WorkerVector {

  static WorkerVector of(Job job, HeldRows rows, ServerLink server) {
    return job.partlyHeld().isPresent()
        ? new EmbeddingVector(job, rows, server)
        : new DenseVector(job, rows, server);
  }

  /** The number of parameters apart from rows of a table. */
  int head();

  /**
   * The worker is to compute these partitions, and the slices with the same numbers.
   *
   * @param areLoaded whether their rows are in memory
   */
  void prepare(BitSet partitions, boolean areLoaded);

  /** Returns the rows of partitions at a version, and asks for what they read of the vector. */
  IntFunction<RoundRows> lease(int version, BitSet partitions);

  /** Returns the rows of slices, and asks for what they read of the vector at a version. */
  IntFunction<Rows> slices(int version, BitSet slices);

  /** Asks for what the prepared partitions read of the vector at a version yet to come. */
  void expect(int version);

  /** Returns true if the chunk is of what is held now; if not, it will come again. */
  boolean isCurrent(Chunk chunk);

  /**
   * Takes a chunk.
   *
   * @return whether a vector may be complete with it
   */
  boolean put(Chunk chunk);

  /** The point that gradients are taken at; empty until all of it has arrived. */
  Optional<Point> lookaheadPoint(int version);

  /** The weights at this version, where they are sent separately; empty until all have arrived. */
  Optional<Point> weights(int version);

  /** The holding that the servers know of at this version; empty if it is too old to be kept. */
  Optional<Holding> announced(int version);
}
