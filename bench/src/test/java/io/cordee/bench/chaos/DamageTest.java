package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.CheckpointReader;
import io.cordee.common.checkpoint.CheckpointWriter;
import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.random.SplitMix64;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {

  private static final int SHARDS = 2;

  @TempDir private Path folder;

  private Path file(int round, int shard, String kind) {
    return folder.resolve("round-%08d.shard-%d-of-2.%s".formatted(round, shard, kind));
  }

  private static CheckpointHeader header(int round, int shard) {
    return new CheckpointHeader(
        "a job", new Shard(shard, SHARDS), new RoundMark(round, 0.5, 1), Chunks.of(100, 1), 2);
  }

  private void checkpoint(int round, int shard) throws IOException {
    try (CheckpointWriter writer =
        CheckpointWriter.create(file(round, shard, "checkpoint"), header(round, shard))) {
      writer.put(0, new float[200], 0);
      writer.commit();
    }
  }

  private Damage damage() {
    return new Damage(folder, RowWatchTest.ROWS, metrics(), SHARDS);
  }

  private Path metrics() {
    return folder.resolve("metrics.csv");
  }

  private boolean isSound(int round, int shard) throws IOException {
    try (CheckpointReader reader = CheckpointReader.open(file(round, shard, "checkpoint"))) {
      reader.read();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theNewestSoundCheckpointIsTornInEveryWayThatMayBe() throws Exception {
    for (int seed = 0; seed < 100; seed++) {
      for (int shard = 0; shard < SHARDS; shard++) {
        checkpoint(10, shard);
        checkpoint(20, shard);
      }
      Optional<String> torn = damage().tearCheckpoint(1, new SplitMix64(seed));

      assertTrue(torn.orElseThrow().startsWith("round-00000020.shard-1-of-2.checkpoint: "));
      // The torn one is not asserted: it may have had only zeros behind its header.
      assertTrue(isSound(10, 0) && isSound(10, 1) && isSound(20, 0));
      Files.delete(file(20, 1, "checkpoint"));
    }
  }

  @Test
  void theOnlyRoundThatAllHaveIsSpared() throws Exception {
    checkpoint(10, 0);
    checkpoint(20, 0);
    checkpoint(10, 1);

    assertEquals(Optional.empty(), damage().tearCheckpoint(1, new SplitMix64(1)));
    assertTrue(isSound(10, 1));
    assertTrue(damage().tearCheckpoint(0, new SplitMix64(1)).isPresent());
    assertEquals(Optional.empty(), damage().tearCheckpoint(0, new SplitMix64(1)));
    assertTrue(isSound(10, 0));
  }

  @Test
  void ofTheMetricsTheRowsBeforeTheOldestCommonCheckpointAreSpared() throws Exception {
    StringBuilder whole = new StringBuilder(RowWatchTest.HEADER);
    IntStream.range(0, 30).forEach(round -> whole.append(RowWatchTest.row(round, "1.5")));
    Files.writeString(metrics(), whole);
    assertEquals(Optional.empty(), damage().tearMetrics(new SplitMix64(1)));

    for (int shard = 0; shard < SHARDS; shard++) {
      checkpoint(10, shard);
      checkpoint(20, shard);
    }
    for (int seed = 0; seed < 100; seed++) {
      Files.writeString(metrics(), whole);
      assertTrue(damage().tearMetrics(new SplitMix64(seed)).isPresent());
      List<String> left = Files.readAllLines(metrics());
      assertTrue(left.size() >= 11, () -> left.size() + " lines are left");
      assertTrue(left.get(10).startsWith("9,"), left.get(10));
      assertTrue(Files.size(metrics()) < whole.length());
    }
  }

  @Test
  void whereThereIsNothingNothingIsTorn() throws Exception {
    Damage nowhere = new Damage(folder.resolve("none"), RowWatchTest.ROWS, metrics(), SHARDS);
    assertEquals(Optional.empty(), nowhere.tearCheckpoint(0, new SplitMix64(1)));
  }
}
