package io.cordee.common.wire;

import io.cordee.common.reduce.Chunks;
import io.cordee.function.Sums;
import java.util.function.Consumer;

/**
 * Rounds the value of every node of a job's reduction tree to what would travel, whether it travels
 * or not: a leaf's is the rounded sums of its partition, any other's the rounded left + right. So
 * the root does not depend on who adds what.
 *
 * @param chunks in which sums are rounded: the gradient's and then the extra floats
 */
public record NodeRounding(GradientFormat format, Chunks chunks) {

  /** Returns whether sums stay as they are. */
  public boolean isExact() {
    return format == GradientFormat.FLOAT32;
  }

  /** Rounds a node's sums for one chunk: the gradient's, then the extra floats. */
  public void round(int chunk, float[] sums) {
    int size = chunks.size(chunk);
    run(
        sums.length,
        loops -> {
          format.round(loops, sums, 0, size);
          format.round(loops, sums, size, sums.length - size);
        });
  }

  /** Rounds a node's sums for all chunks. */
  public void round(Sums sums) {
    run((long) chunks.parameters() * chunks.width(), loops -> round(loops, sums));
  }

  private void run(long floats, Consumer<RoundingLoops> task) {
    if (!isExact()) {
      RoundingLoops.CHOICE.run(floats, task);
    }
  }

  private void round(RoundingLoops loops, Sums sums) {
    int more = chunks.width() - 1;
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int from = chunks.from(chunk);
      int size = chunks.size(chunk);
      format.round(loops, sums.gradient(), from, size);
      format.round(loops, sums.extra(), from * more, size * more);
    }
  }
}
