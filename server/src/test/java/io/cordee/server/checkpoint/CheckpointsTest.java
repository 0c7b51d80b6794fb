package io.cordee.server.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.CheckpointReader;
import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.server.round.ShownChunk;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckpointsTest {

  private static final int LENGTH = 1000;
  private static final Chunks CHUNKS = new Chunks(4 * LENGTH, LENGTH, 1);
  private static final Job JOB =
      JobFile.defaultJob(List.of("optimizer.name=gd", "checkpoint.every=1"));

  @TempDir private Path folder;

  private CheckpointFolder files;
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final CountDownLatch disk = new CountDownLatch(1);

  @BeforeEach
  void choose() {
    files = new CheckpointFolder(folder.resolve("checkpoints"), Shard.WHOLE);
  }

  /** Blocks the writing thread at the first checkpoint. */
  private void awaitDisk(int version) {
    try {
      disk.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Checkpoints checkpoints(long room) {
    return new Checkpoints(
        files,
        new CheckpointHeader("the job", Shard.WHOLE, RoundMark.START, CHUNKS, 2),
        RoundMark.START,
        JOB,
        "",
        room,
        warnings::add,
        this::awaitDisk);
  }

  private static void keep(Checkpoints checkpoints, int version) {
    checkpoints.begin(new RoundMark(version, 1, version));
    for (int chunk = 0; chunk < CHUNKS.count(); chunk++) {
      float[] weights = new float[LENGTH];
      java.util.Arrays.fill(weights, version);
      checkpoints.keep(chunk, new ShownChunk(version, List.of(weights, weights), 0));
    }
  }

  @Test
  void trainingWaitsForTheDiskWhereThereIsNoRoomForCopies() throws Exception {
    long aChunk = 2L * LENGTH * Float.BYTES;
    try (Checkpoints checkpoints = checkpoints(aChunk)) {
      Thread training =
          new Thread(
              () -> IntStream.rangeClosed(1, 2).forEach(version -> keep(checkpoints, version)));
      training.start();
      while (training.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      disk.countDown();
      training.join();
    }
    assertEquals(List.of(), warnings);
    assertEquals(List.of(1, 2), List.copyOf(files.checkpoints().keySet()));
    try (CheckpointReader reader = CheckpointReader.open(files.checkpoints().get(2))) {
      assertEquals(2, reader.read().chunks().get(3).current()[LENGTH - 1]);
    }
  }

  @Test
  void trainingGoesOnWhileThereIsRoom() throws Exception {
    try (Checkpoints checkpoints = checkpoints(1 << 20)) {
      keep(checkpoints, 1);
      keep(checkpoints, 2);
      disk.countDown();
    }
    assertEquals(List.of(1, 2), List.copyOf(files.checkpoints().keySet()));
  }
}
