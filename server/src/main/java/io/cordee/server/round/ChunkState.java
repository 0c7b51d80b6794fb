package io.cordee.server.round;

import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.reduce.Subvector;
import java.util.Optional;

/**
 * The weights and slots of a chunk, and the checksum of both. A step leads from one version to the
 * next; the one before stays readable until the step after it. Guarded by the monitor of its {@link
 * ChunkRound}.
 */
interface ChunkState {

  /** The version that it has come to. */
  int version();

  /** A complete sum as {@link #step} takes it; takes over the sum. */
  Contribution root(Contribution sum);

  /**
   * Steps to the next version.
   *
   * @param norm of the mean gradient, for an optimizer that clips
   * @param root its sums may be used up
   */
  void step(RoundScalars scalars, double norm, Contribution root);

  /** The last step, if steps are sent as signs. */
  SignStep signStep();

  /** The checksum of the weights and of all slots. */
  long checksum();

  /** Copies the weights at this version or the one before. */
  CollectedChunk collect(int atVersion);

  /** One of the slots; empty if it has only rows of a table, none of them touched. */
  Optional<float[]> slot(int slot);

  /** A vector at this version or the one before; not to be written. */
  float[] vector(Vector vector, int atVersion);

  /** The same, copied, of a part of the chunk. */
  float[] copy(Vector vector, int atVersion, Subvector part);

  /** Shows what a worker needs to replay the steps from here on. */
  ShownChunk replayed();

  /** The same, copied, of a part of the chunk. */
  ShownChunk copyReplayed(Subvector part);

  /** Shows what a checkpoint keeps that adds to the one of version {@code base}. */
  ShownChunk kept(int base);
}
