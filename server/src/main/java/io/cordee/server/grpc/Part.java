package io.cordee.server.grpc;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;

/**
 * Which part of the vector is served here. On the wire, chunks are numbered over the whole vector;
 * elsewhere, a shard's own from 0.
 */
public record Part(Shard shard, int firstChunk) {

  public static Part of(Shard shard, Chunks all) {
    return new Part(shard, shard.firstChunk(all));
  }

  int onWire(int own) {
    return firstChunk + own;
  }

  int own(int onWire) {
    return onWire - firstChunk;
  }
}
