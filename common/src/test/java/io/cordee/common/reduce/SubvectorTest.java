package io.cordee.common.reduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Against the whole vector, with 0 where the part has nothing. */
class SubvectorTest {

  private static final int ROWS = 20;

  /** One matrix or several, with {@link #ROWS} rows. */
  private static Table table(int head, Random random) {
    List<Table.Matrix> matrices = new ArrayList<>();
    for (int left = ROWS; left > 0; left -= matrices.get(matrices.size() - 1).rows()) {
      int rows = random.nextBoolean() ? left : 1 + random.nextInt(left);
      matrices.add(new Table.Matrix(rows, 1 + random.nextInt(5)));
    }
    return new Table(head, matrices);
  }

  private static int[] rows(Random random) {
    TreeSet<Integer> rows = new TreeSet<>();
    for (int count = random.nextInt(ROWS); count > 0; count--) {
      rows.add(random.nextInt(ROWS));
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }

  private static float[] values(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static float[] whole(Subvector part, float[] values, int size) {
    float[] whole = new float[size];
    part.put(values, whole);
    return whole;
  }

  @Property(tries = 300)
  void chunksOfAPartMakeUpThePart(
      @ForAll @IntRange(max = 12) int head,
      @ForAll @IntRange(min = 1, max = 30) int length,
      @ForAll long seed) {
    Random random = new Random(seed);
    Table table = table(head, random);
    Chunks chunks = new Chunks(table.end(), length, 1);
    Subvector part = Subvector.of(table, table.end(), rows(random));
    float[] vector = values(random, table.end());
    float[] own = new float[part.values()];
    part.take(vector, own);
    RowHolding holding = RowHolding.of(1, chunks, part);
    assertEquals(part.values(), holding.values());
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      float[] there = Arrays.copyOfRange(vector, chunks.from(chunk), chunks.to(chunk));
      assertArrayEquals(
          Arrays.copyOfRange(own, holding.from(chunk), holding.to(chunk)),
          holding.part(chunk).taken(there));
      Subvector ofChunk = holding.part(chunk);
      for (int i = 0; i < holding.size(chunk); i++) {
        int at = chunks.from(chunk) + ofChunk.parameter(i);
        assertEquals(part.parameter(holding.from(chunk) + i), at);
      }
    }
  }

  @Property(tries = 300)
  void ofEachChunkAHoldingHasTheSameWhereRowsAreKeptInLittleMemory(
      @ForAll @IntRange(max = 12) int head,
      @ForAll @IntRange(min = 1, max = 30) int length,
      @ForAll long seed) {
    Random random = new Random(seed);
    Table whole = table(head, random);
    int from = random.nextInt(whole.end());
    Table table = whole.from(from); // a shard may begin within it
    Chunks chunks = new Chunks(whole.end() - from, length, 1);
    int[] rows = rows(random);
    BitSet set = new BitSet();
    Arrays.stream(rows).forEach(set::set);
    RowHolding expected = RowHolding.of(1, chunks, Subvector.of(table, chunks.parameters(), rows));
    RowHolding found = RowHolding.of(1, chunks, table, new RowSet(set));
    assertEquals(expected.values(), found.values());
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      assertEquals(expected.from(chunk), found.from(chunk));
      assertArrayEquals(expected.part(chunk).rows(), found.part(chunk).rows());
    }
  }

  @Property(tries = 300)
  void sumsAreThoseOfWholeVectors(@ForAll @IntRange(max = 5) int head, @ForAll long seed) {
    Random random = new Random(seed);
    Table table = table(head, random);
    int from = random.nextInt(table.end());
    int length = 1 + random.nextInt(table.end() - from);
    Subvector left = Subvector.of(table, table.end(), rows(random)).within(from, length);
    Subvector right = Subvector.of(table, table.end(), rows(random)).within(from, length);
    float[] a = values(random, left.values());
    float[] b = values(random, right.values());
    Subvector both = left.and(right.rows());
    float[] expected = whole(left, a, length);
    float[] other = whole(right, b, length);
    for (int i = 0; i < expected.length; i++) {
      expected[i] += other[i];
    }
    float[] sum = both == left ? a : new float[both.values()];
    both.sum(left, a, right, b, sum);
    assertArrayEquals(expected, whole(both, sum, length));
    float[] taken = new float[left.values()];
    left.take(both, sum, taken);
    assertArrayEquals(left.taken(expected), taken);
    float[] put = new float[both.values()];
    left.put(taken, both, put);
    assertArrayEquals(whole(left, taken, length), whole(both, put, length));
    assertArrayEquals(left.taken(whole(right, b, length)), left.taken(right, b));
  }

  @Test
  void aUnionThatAddsNothingIsTheSame() {
    int[] rows = {1, 4, 9};
    assertSame(rows, Subvector.union(rows, new int[] {4, 9}));
    assertArrayEquals(new int[] {0, 1, 4, 9, 10}, Subvector.union(rows, new int[] {0, 4, 10}));
  }

  @Test
  void aRowThatIsMissingIsRefused() {
    Table table = new Table(0, ROWS, 2);
    Subvector some = Subvector.of(table, table.end(), new int[] {3});
    Subvector more = some.and(IntStream.range(2, 5).toArray());
    assertThrows(IllegalArgumentException.class, () -> more.put(new float[6], some, new float[2]));
    assertThrows(
        IllegalArgumentException.class,
        () -> some.sum(some, new float[2], more, new float[6], new float[2]));
  }
}
