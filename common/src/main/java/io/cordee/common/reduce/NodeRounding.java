package io.cordee.common.reduce;

import io.cordee.common.wire.Uplink;
import io.cordee.function.Sums;

/**
 * Rounds the value of every node of a job's reduction tree to what would travel, whether it travels
 * or not: a leaf's is the rounded sums of its partition, any other's the rounded left + right. So
 * the root does not depend on who adds what.
 *
 * @param chunks in which sums are rounded: the gradient's and then the extra floats
 */
public record NodeRounding(Uplink uplink, Chunks chunks) {

  /** Whether sums stay as they are. */
  public boolean isExact() {
    return uplink == Uplink.FLOAT32;
  }

  /** Rounds a node's sums for one chunk: the gradient's, then the extra floats. */
  public void round(int chunk, float[] sums) {
    int size = chunks.size(chunk);
    uplink.round(sums, 0, size);
    uplink.round(sums, size, sums.length - size);
  }

  /** Rounds a node's sums for all chunks. */
  public void round(Sums sums) {
    if (isExact()) {
      return;
    }
    int more = chunks.width() - 1;
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int from = chunks.from(chunk);
      int size = chunks.size(chunk);
      uplink.round(sums.gradient(), from, size);
      uplink.round(sums.extra(), from * more, size * more);
    }
  }
}
