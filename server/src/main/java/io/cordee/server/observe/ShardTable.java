package io.cordee.server.observe;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import java.util.ArrayList;
import java.util.List;

/** The shards; what the others say of themselves is all that shard 0 knows of them. */
final class ShardTable {

  private static final class Row {
    int version;
    boolean isHere;
    long heard;
    long lag;
  }

  private final Chunks all;
  private final List<Row> rows = new ArrayList<>();
  private long ownStep;

  ShardTable(Chunks all, int shards) {
    this.all = all;
    for (int i = 0; i < shards; i++) {
      rows.add(new Row());
    }
    // It is this process.
    rows.get(0).isHere = true;
  }

  synchronized void resumed(int version) {
    rows.forEach(row -> row.version = version);
  }

  /** Of shard 0 and the rest: the last of its own chunks has been stepped. */
  synchronized void ownStepped(long now) {
    ownStep = now;
  }

  synchronized void roundBegan(int version) {
    rows.get(0).version = version;
  }

  synchronized void stands(int shard, int version, long now) {
    Row row = rows.get(shard);
    row.version = version;
    row.isHere = true;
    row.heard = now;
    row.lag = ownStep == 0 ? 0 : Math.max(0, now - ownStep);
  }

  synchronized void lost(int shard) {
    rows.get(shard).isHere = false;
    rows.get(shard).lag = 0;
  }

  synchronized List<Figures.ShardRow> rows(long now) {
    List<Figures.ShardRow> found = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Shard shard = new Shard(i, rows.size());
      Row row = rows.get(i);
      int chunks = shard.endChunk(all) - shard.firstChunk(all);
      found.add(
          new Figures.ShardRow(
              i,
              chunks,
              chunks == 0 ? 0 : shard.own(all).parameters(),
              row.isHere,
              row.version,
              row.lag,
              i == 0 ? 0 : Math.max(0, now - row.heard)));
    }
    return found;
  }
}
