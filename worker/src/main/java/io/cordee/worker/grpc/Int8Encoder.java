package io.cordee.worker.grpc;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Int8Blocks;
import io.cordee.proto.frame.Payload;
import io.cordee.worker.model.Sums;

/** Bytes with a scale for each block, and error feedback: what a node's sums lose is owed to it. */
final class Int8Encoder implements ChunkEncoder {

  private final Residuals residuals = new Residuals();

  @Override
  public Payload encode(int version, int node, Sums sums, Chunks chunks, int chunk) {
    int from = chunks.from(chunk);
    int size = chunks.size(chunk);
    int more = chunks.width() - 1;
    // As what is owed lies: a shard's connection keeps its own chunks only.
    float[] values = new float[chunks.contributionSize(chunk)];
    System.arraycopy(sums.gradient(), from, values, 0, size);
    System.arraycopy(sums.extra(), from * more, values, size, size * more);
    float[] residual = residuals.of(version, node, chunk, values.length);
    int first = Int8Blocks.bytes(size);
    byte[] bytes = new byte[first + Int8Blocks.bytes(size * more)];
    // Its own monitor: nodes are encoded side by side, and one node's next round may overtake.
    synchronized (residual) {
      Int8Blocks.encode(values, 0, size, residual, bytes, 0);
      Int8Blocks.encode(values, size, size * more, residual, bytes, first);
    }
    return Payload.of(bytes);
  }
}
