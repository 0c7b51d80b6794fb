package io.cordee.worker.grpc;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Bfloat16;
import io.cordee.common.wire.Uplink;
import io.cordee.function.Sums;
import io.cordee.proto.frame.FloatPayload;
import io.cordee.proto.frame.Payload;
import java.util.List;

/**
 * Encodes the sums at a node, chunk by chunk: the gradient's, then the curvature's if any. Any
 * thread may call.
 */
interface ChunkEncoder {

  /**
   * Call once per chunk, node and version.
   *
   * @param sums not to change until the payload is written
   */
  Payload encode(int version, int node, Sums sums, Chunks chunks, int chunk);

  static ChunkEncoder of(Uplink uplink) {
    return switch (uplink) {
      case FLOAT32 -> ChunkEncoder::float32;
      case BFLOAT16 -> ChunkEncoder::bfloat16;
      case INT8 -> new Int8Encoder();
    };
  }

  private static Payload float32(int version, int node, Sums sums, Chunks chunks, int chunk) {
    int from = chunks.from(chunk);
    int size = chunks.size(chunk);
    int more = chunks.width() - 1;
    return FloatPayload.of(
        List.of(
            new FloatPayload.Range(sums.gradient(), from, size),
            new FloatPayload.Range(sums.extra(), from * more, size * more)));
  }

  private static Payload bfloat16(int version, int node, Sums sums, Chunks chunks, int chunk) {
    int from = chunks.from(chunk);
    int size = chunks.size(chunk);
    int more = chunks.width() - 1;
    int first = Uplink.BFLOAT16.bytes(size);
    byte[] bytes = new byte[first + Uplink.BFLOAT16.bytes(size * more)];
    Bfloat16.encode(sums.gradient(), from, size, bytes, 0);
    Bfloat16.encode(sums.extra(), from * more, size * more, bytes, first);
    return Payload.of(bytes);
  }
}
