package io.cordee.worker.grpc;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Int8Blocks;
import io.cordee.function.Sums;
import io.cordee.proto.frame.Payload;

/**
 * Bytes with a scale for each block, and error feedback: the rounding error of a node's sums is
 * added to its next ones.
 */
final class Int8Encoder implements ChunkEncoder {

  private final Residuals residuals = new Residuals();

  @Override
  public Payload encode(int version, int node, Sums sums, Chunks chunks, int chunk) {
    int from = chunks.from(chunk);
    int size = chunks.size(chunk);
    int more = chunks.width() - 1;
    // A copy of the chunk only, laid out as its residual.
    float[] values = new float[chunks.contributionSize(chunk)];
    System.arraycopy(sums.gradient(), from, values, 0, size);
    System.arraycopy(sums.extra(), from * more, values, size, size * more);
    float[] residual = residuals.of(version, node, chunk, values.length);
    int first = Int8Blocks.bytes(size);
    byte[] bytes = new byte[first + Int8Blocks.bytes(size * more)];
    // Nodes are encoded in parallel, and a node's next round may overtake.
    synchronized (residual) {
      Int8Blocks.encode(values, 0, size, residual, bytes, 0);
      Int8Blocks.encode(values, size, size * more, residual, bytes, first);
    }
    return Payload.of(bytes);
  }
}
