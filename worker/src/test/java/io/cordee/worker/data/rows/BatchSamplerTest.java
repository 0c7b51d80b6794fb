package io.cordee.worker.data.rows;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchSamplerTest {

  /** Rows with one feature, their number in the partition. */
  private static PartitionRows numbered(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return new PartitionRows(
        count, new Features.Floats(1, values), new Targets.Values(1, values, List.of()));
  }

  /** The numbers of the rows that a partition gives to a round. */
  private static float[] round(BatchSampler sampler, Partitions all, int partition, int version) {
    return features(sampler.rows(partition, version, numbered(all.size(partition))));
  }

  @Property(tries = 200)
  void everyEpochOfAPartitionHoldsEachOfItsRowsOnce(
      @ForAll @IntRange(min = 1, max = 60) int rows,
      @ForAll @IntRange(min = 1, max = 8) int parts,
      @ForAll @IntRange(min = 1, max = 60) int batch,
      @ForAll long seed) {
    int count = Math.min(parts, rows);
    Partitions partitions = new Partitions(rows, count);
    BatchSampler sampler =
        new BatchSampler(new Batch.Rows(Math.min(batch, rows), seed), partitions);
    for (int partition = 0; partition < count; partition++) {
      int size = partitions.size(partition);
      List<Float> stream = new ArrayList<>();
      for (int version = 0; version < 3 * size; version++) {
        for (float number : round(sampler, partitions, partition, version)) {
          stream.add(number);
        }
      }
      for (int epoch = 0; (epoch + 1) * size <= stream.size(); epoch++) {
        List<Float> once = new ArrayList<>(stream.subList(epoch * size, (epoch + 1) * size));
        Collections.sort(once);
        for (int i = 0; i < size; i++) {
          assertEquals(i, once.get(i));
        }
      }
    }
  }

  @Property(tries = 200)
  void everyRoundHasAsManyRowsAsTheBatch(
      @ForAll @IntRange(min = 1, max = 500) int rows,
      @ForAll @IntRange(min = 1, max = 64) int parts,
      @ForAll @IntRange(min = 1, max = 500) int batch) {
    Partitions partitions = new Partitions(rows, Math.min(parts, rows));
    int size = Math.min(batch, rows);
    BatchSampler sampler = new BatchSampler(new Batch.Rows(size, 1), partitions);
    int given = 0;
    for (int partition = 0; partition < partitions.count(); partition++) {
      assertEquals(sampler.rowsPerStep(partition), round(sampler, partitions, partition, 5).length);
      given += sampler.rowsPerStep(partition);
    }
    assertEquals(size, given);
  }

  @Property(tries = 100)
  void aRoundIsTheSameInWhateverOrderRoundsAreAskedFor(@ForAll long seed) {
    Partitions partitions = new Partitions(40, 3);
    Batch batch = new Batch.Rows(17, seed);
    BatchSampler inOrder = new BatchSampler(batch, partitions);
    List<float[]> expected = new ArrayList<>();
    for (int version = 0; version < 30; version++) {
      for (int partition = 0; partition < 3; partition++) {
        expected.add(round(inOrder, partitions, partition, version));
      }
    }
    List<Integer> calls = new ArrayList<>();
    for (int call = 0; call < expected.size(); call++) {
      calls.add(call);
    }
    Collections.shuffle(calls, new Random(seed));
    BatchSampler shuffled = new BatchSampler(batch, partitions);
    for (int call : calls) {
      assertArrayEquals(expected.get(call), round(shuffled, partitions, call % 3, call / 3));
    }
  }

  @Test
  void seedPartitionAndEpochEachChangeTheOrder() {
    Partitions partitions = new Partitions(200, 2);
    BatchSampler one = new BatchSampler(new Batch.Rows(200, 1), partitions);
    BatchSampler two = new BatchSampler(new Batch.Rows(200, 2), partitions);
    float[] order = round(one, partitions, 0, 0);
    assertFalse(Arrays.equals(order, round(two, partitions, 0, 0)), "seed");
    assertFalse(Arrays.equals(order, round(one, partitions, 1, 0)), "partition");
    assertFalse(Arrays.equals(order, round(one, partitions, 0, 1)), "epoch");
  }

  @Test
  void everyOrderOfThreeRowsIsAsLikely() {
    Partitions partitions = new Partitions(3, 1);
    BatchSampler sampler = new BatchSampler(new Batch.Rows(3, 7), partitions);
    int[] counts = new int[27];
    for (int epoch = 0; epoch < 6000; epoch++) {
      float[] order = round(sampler, partitions, 0, epoch);
      counts[(int) (9 * order[0] + 3 * order[1] + order[2])]++;
    }
    // Binomial with mean 1000 and deviation 29.
    int[] seen = Arrays.stream(counts).filter(count -> count > 0).toArray();
    assertEquals(6, seen.length);
    assertTrue(Arrays.stream(seen).allMatch(count -> Math.abs(count - 1000) < 150));
  }

  @Test
  void aSmallBatchLeavesSomePartitionsOut() {
    Partitions partitions = new Partitions(100, 4);
    BatchSampler sampler = new BatchSampler(new Batch.Rows(2, 1), partitions);
    assertEquals(0, sampler.rowsPerStep(0));
    assertEquals(1, sampler.rowsPerStep(1));
    assertEquals(0, round(sampler, partitions, 0, 3).length);
  }

  @Test
  void aFullBatchIsThePartitionItself() {
    Partitions partitions = new Partitions(10, 4);
    BatchSampler sampler = new BatchSampler(new Batch.Full(), partitions);
    PartitionRows rows = numbered(3);
    assertSame(rows, sampler.rows(1, 7, rows));
    assertEquals(3, sampler.rowsPerStep(1));
  }

  @Test
  void roundsFarAwayDoNotOverflow() {
    Partitions partitions = new Partitions(1000, 1);
    BatchSampler sampler = new BatchSampler(new Batch.Rows(1000, 1), partitions);
    float[] order = round(sampler, partitions, 0, Integer.MAX_VALUE);
    Arrays.sort(order);
    assertArrayEquals(features(numbered(1000)), order);
  }

  @Test
  void aBatchLargerThanTheDataIsRefused() {
    assertRefused(
        () -> new BatchSampler(new Batch.Rows(11, 1), new Partitions(10, 2)),
        "a batch of 11 rows",
        "found 10");
  }

  @Test
  void rowsOfAnotherPartitionAreRefused() {
    BatchSampler sampler = new BatchSampler(new Batch.Full(), new Partitions(10, 4));
    assertThrows(IllegalArgumentException.class, () -> sampler.rows(0, 0, numbered(3)));
  }
}
