package io.cordee.server.grpc;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.reduce.Table;
import java.util.Optional;

/**
 * Which part of the vector is served here. On the wire, chunks are numbered over the whole vector;
 * elsewhere, a shard's own from 0.
 *
 * @param table of which workers hold some rows, if there is one, in a vector that begins with this
 *     part
 */
public record Part(Shard shard, int firstChunk, Optional<Table> table) {

  public static Part of(Shard shard, Chunks all, Optional<Table> table) {
    int first = shard.firstChunk(all);
    return new Part(shard, first, table.map(whole -> whole.from(all.from(first))));
  }

  int onWire(int own) {
    return firstChunk + own;
  }

  int own(int onWire) {
    return onWire - firstChunk;
  }
}
