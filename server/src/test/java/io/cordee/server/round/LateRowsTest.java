package io.cordee.server.round;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Tally;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import io.cordee.common.wire.GradientFormat;
import io.cordee.common.wire.NodeRounding;
import io.cordee.server.BoardWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Boards whose rows are stepped late, beside one that steps all of them in every round. */
class LateRowsTest {

  private static final int ROUNDS = 200;
  private static final int SIZE = 400;
  private static final Chunks CHUNKS = new Chunks(SIZE, 128, 1);
  private static final Map<String, Object> SCHEDULE =
      Map.of("schedule", "step", "schedule_rounds", 7.0, "warmup_rounds", 30.0);
  private static final List<Map<String, Object>> SETTINGS = List.of(Map.of(), SCHEDULE);

  /**
   * Rows begin and end within chunks, and with them. Chunks have enough rows to be stepped whole in
   * some rounds and row by row in others.
   */
  private static final List<Table> TABLES =
      List.of(
          new Table(50, 120, 3),
          new Table(-2, 600, 1),
          new Table(30, List.of(new Table.Matrix(60, 4), new Table.Matrix(200, 1))));

  private final BufferPool pool = new BufferPool();
  private final ReductionTree tree = new ReductionTree(1);

  static Stream<OptimizerSpec> optimizers() {
    return OptimizerCatalog.names().stream()
        .flatMap(name -> SETTINGS.stream().map(settings -> optimizer(name, settings)))
        .distinct()
        .filter(spec -> Optimizer.of(spec, SIZE).canStepLate());
  }

  /** With those of the settings that the optimizer has. */
  private static OptimizerSpec optimizer(String name, Map<String, Object> settings) {
    Map<String, Object> own = new HashMap<>(settings);
    var spec = OptimizerCatalog.find(name).orElseThrow();
    own.keySet().removeIf(key -> spec.settings().stream().noneMatch(it -> it.key().equals(key)));
    return spec.with(own);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void theyHaveTheBitsOfRowsThatAreSteppedInEveryRound(OptimizerSpec spec) {
    for (Table table : TABLES) {
      compare(spec, table, optimizer -> start(optimizer, -0f, Optional.empty()));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void theyHaveThemInChunksThatAreDrawnWhenTheyAreTouched(OptimizerSpec spec) {
    for (Table table : TABLES) {
      compare(spec, table, optimizer -> start(optimizer, 0f, Optional.of(table)));
    }
  }

  @Test
  void aChunkIsDrawnForItsChecksumAndWhenItIsTouched() {
    Optimizer optimizer = Optimizer.of(optimizer("irprop-", Map.of()), SIZE);
    Table table = TABLES.get(0);
    List<Integer> drawn = Collections.synchronizedList(new ArrayList<>());
    SavedState start =
        SavedState.start(
            (weights, from) -> drawn.add(from / CHUNKS.length()),
            CHUNKS,
            optimizer.slots(),
            Optional.of(table));
    RoundBoard board = board(optimizer, start, Optional.of(table), Keeper.NONE);
    assertEquals(List.of(0, 1, 2, 3), drawn.stream().sorted().toList());
    drawn.clear();
    for (int c = 0; c < CHUNKS.count(); c++) {
      assertEquals(optimizer.slots().get(0).initial(), board.slot(c, 0)[0]);
    }
    int inTheThird = table.rowOf(300);
    for (int[] rows : List.of(new int[0], new int[] {inTheThird}, new int[] {0, inTheThird})) {
      int version = board.version();
      for (int c = 0; c < CHUNKS.count(); c++) {
        float[] sums = new float[CHUNKS.size(c)];
        Arrays.fill(sums, 1);
        board.offer(contribution(version, c, new Tally(1, 1, 0, 0), table, rows, sums));
      }
      board.apply(0);
      step(board, CHUNKS.count());
      board.advance();
      assertEquals(rows.length == 0 ? List.of() : List.of(2), drawn);
    }
  }

  private void compare(OptimizerSpec spec, Table table, Function<Optimizer, SavedState> start) {
    Random random = new Random(spec.hashCode());
    Optimizer optimizer = Optimizer.of(spec, SIZE);
    Disk disk = new Disk();
    RoundBoard dense = board(optimizer, start.apply(optimizer), Optional.empty(), Keeper.NONE);
    List<ParameterState> drawn = start.apply(optimizer).chunks();
    RoundBoard unread = board(optimizer, start.apply(optimizer), Optional.of(table), Keeper.NONE);
    RoundBoard read = board(optimizer, start.apply(optimizer), Optional.of(table), disk);
    for (int round = 0; round < ROUNDS; round++) {
      String where = spec + ", " + table + ", round " + round;
      int[] moved = rows(table, random, 3);
      int[] held = Subvector.union(moved, rows(table, random, 4));
      float[] sums = new float[SIZE];
      for (int i = 0; i < Math.max(0, table.first()); i++) {
        sums[i] = (float) random.nextGaussian();
      }
      Subvector.of(table, SIZE, moved)
          .forEachRun(
              (at, own, count) -> {
                for (int i = at; i < at + count; i++) {
                  sums[i] = (float) random.nextGaussian();
                }
              });
      Tally tally = new Tally(1 + random.nextInt(3), random.nextDouble(), 0, 0);
      for (int c = 0; c < CHUNKS.count(); c++) {
        float[] whole = Arrays.copyOfRange(sums, CHUNKS.from(c), CHUNKS.to(c));
        dense.offer(new DenseContribution(round, ReductionTree.ROOT, c, tally, whole));
        unread.offer(contribution(round, c, tally, table, moved, whole));
        read.offer(contribution(round, c, tally, table, held, whole));
      }
      readSome(dense, read, table, random, round, where);
      for (RoundBoard board : List.of(dense, read, unread)) {
        board.apply(0);
      }
      step(dense, CHUNKS.count());
      step(unread, CHUNKS.count());
      step(read, CHUNKS.count());
      readSome(dense, read, table, random, round, where);
      readSome(dense, read, table, random, round + 1, where);
      assertArrayEquals(unread.checksums(), read.checksums(), where);
      for (RoundBoard board : List.of(dense, read, unread)) {
        board.advance();
      }
      if (random.nextInt(20) == 0) {
        assertArrayEquals(
            BoardWeights.of(dense, round + 1), BoardWeights.of(read, round + 1, drawn), where);
        assertArrayEquals(
            BoardWeights.of(dense, round), BoardWeights.of(read, round, drawn), where);
      }
      if (random.nextInt(10) == 0) {
        read.keepCurrent(round);
      }
      if (disk.mark.version() == round + 1 && random.nextInt(2) == 0) {
        SavedState kept = disk.state(start.apply(optimizer), optimizer, table);
        read = board(optimizer, kept, Optional.of(table), disk);
      }
    }
    assertArrayEquals(
        BoardWeights.of(dense, ROUNDS), BoardWeights.of(unread, ROUNDS, drawn), spec.toString());
    assertEquals(slots(dense, optimizer), slots(unread, optimizer), spec.toString());
  }

  private static void step(RoundBoard board, int expected) {
    List<Integer> claimed = board.claim();
    assertEquals(expected, claimed.size());
    board.step(claimed);
  }

  /** Some rows, seldom those with large numbers. */
  private static int[] rows(Table table, Random random, int most) {
    if (random.nextInt(120) == 0) {
      return IntStream.range(0, table.rows()).toArray();
    }
    TreeSet<Integer> rows = new TreeSet<>();
    for (int count = random.nextInt(most); count > 0; count--) {
      rows.add((int) (table.rows() * Math.pow(random.nextDouble(), 3)));
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Contribution contribution(
      int version, int chunk, Tally tally, Table table, int[] rows, float[] sums) {
    Subvector part = Subvector.of(table.from(CHUNKS.from(chunk)), sums.length, rows);
    return new SparseContribution(
        version, ReductionTree.ROOT, chunk, tally, part.taken(sums), part);
  }

  /** What is asked for of one version is the same in both. */
  private void readSome(
      RoundBoard dense, RoundBoard late, Table table, Random random, int version, String where) {
    for (int time = random.nextInt(3); time > 0; time--) {
      int chunk = random.nextInt(CHUNKS.count());
      Vector vector = Vector.values()[random.nextInt(2)];
      Table there = table.from(CHUNKS.from(chunk));
      Subvector part = Subvector.of(there, CHUNKS.size(chunk), rows(table, random, 9));
      List<float[]> seen = new ArrayList<>();
      assertTrue(dense.show(vector, chunk, version, all -> seen.add(part.taken(all))));
      float[] copied = late.copy(vector, chunk, version, part).orElseThrow();
      assertArrayEquals(seen.get(0), copied, where + ", " + vector + " at " + version);
    }
  }

  private static List<List<Float>> slots(RoundBoard board, Optimizer optimizer) {
    List<List<Float>> all = new ArrayList<>();
    for (int chunk = 0; chunk < CHUNKS.count(); chunk++) {
      for (int slot = 0; slot < optimizer.slots().size(); slot++) {
        float[] values = board.slot(chunk, slot);
        all.add(IntStream.range(0, values.length).mapToObj(i -> values[i]).toList());
      }
    }
    return all;
  }

  /** The first weights; some are this zero. */
  private static SavedState start(Optimizer optimizer, float zero, Optional<Table> table) {
    return SavedState.start(
        (start, from) -> {
          for (int i = 0; i < start.length; i++) {
            start[i] = (from + i) % 9 == 0 ? zero : (from + i - 12) / 7f;
          }
        },
        CHUNKS,
        optimizer.slots(),
        table);
  }

  private RoundBoard board(
      Optimizer optimizer, SavedState start, Optional<Table> late, Keeper keeper) {
    return new RoundBoard(
        optimizer,
        new NodeRounding(GradientFormat.FLOAT32, CHUNKS),
        tree,
        start,
        pool,
        new Cadence(1, false, 1, late),
        keeper,
        Parallel.NONE);
  }

  /** Keeps of each version what was touched since the one kept before. */
  private static final class Disk implements Keeper {
    private final List<ShownChunk[]> kept = new ArrayList<>();
    private RoundMark mark = RoundMark.START;
    private int base;

    @Override
    public void begin(RoundMark next) {
      base = mark.version();
      mark = next;
      kept.add(new ShownChunk[CHUNKS.count()]);
    }

    @Override
    public int base() {
      return base;
    }

    @Override
    public void keep(int chunk, ShownChunk state) {
      List<float[]> taken = state.vectors().stream().map(float[]::clone).toList();
      kept.get(kept.size() - 1)[chunk] =
          new ShownChunk(state.version(), taken, state.checksum(), state.rows());
    }

    SavedState state(SavedState start, Optimizer optimizer, Table table) {
      List<ParameterState> states = new ArrayList<>(start.chunks());
      Optional<List<int[]>> touched = start.touched().map(ArrayList::new);
      int version = 0;
      for (ShownChunk[] added : kept) {
        for (int chunk = 0; chunk < added.length; chunk++) {
          int at = CHUNKS.from(chunk);
          ShownChunk own = added[chunk];
          float[][] all = own.vectors().toArray(float[][]::new);
          int number = chunk;
          int[] rows = own.rows();
          touched.ifPresent(had -> had.set(number, Subvector.union(had.get(number), rows)));
          states.set(
              chunk,
              LateRows.lead(
                  optimizer.at(at),
                  table.from(at),
                  states.get(chunk),
                  version,
                  own.version(),
                  rows,
                  ParameterState.of(all[0], all[1], Arrays.copyOfRange(all, 2, all.length))));
        }
        version = added[0].version();
      }
      List<Long> checksums =
          Stream.of(kept.get(kept.size() - 1)).map(ShownChunk::checksum).toList();
      return new SavedState(mark, states, checksums, touched);
    }
  }
}
