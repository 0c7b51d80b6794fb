package io.cordee.server.round;

import io.cordee.common.reduce.Subvector;
import java.util.List;
import java.util.Optional;

/**
 * The state of a chunk; it holds still only while it is shown.
 *
 * @param version the chunk's own: one ahead of the board's if it is stepped
 * @param vectors the chunk's weights at this version, those of the version before, and slots: all
 *     of them to be kept, those that a replay needs to be sent
 * @param checksum to be kept, of the chunk; to be sent, of these weights and slots
 * @param part what of the chunk they are of; all if it is empty
 */
public record ChunkState(
    int version, List<float[]> vectors, long checksum, Optional<Subvector> part) {

  /** Of a whole chunk. */
  public ChunkState(int version, List<float[]> vectors, long checksum) {
    this(version, vectors, checksum, Optional.empty());
  }
}
