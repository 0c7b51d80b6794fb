package io.cordee.server.round;

import io.cordee.common.kernel.Digest;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The rows of a table within one chunk, each at a version of its own. A round steps the rows that
 * have a gradient; the others catch up when they are next stepped or read, by the steps that they
 * missed, with a gradient of 0. Their bits are those of a chunk that is stepped whole. Not
 * thread-safe.
 */
public final class LateRows {

  /**
   * All rows catch up every {@value} rounds, so that only the scalars of these are kept. A prime,
   * so that chunks take turns.
   */
  private static final int PERIOD = 61;

  /** In place of the version of a row that steps with a gradient of 0 leave as it is. */
  private static final int FRESH = Integer.MAX_VALUE;

  /** What stepping a row apart costs, in rows of a chunk that is stepped whole. */
  private static final int APART = 16;

  private static final int MINUS_ZERO = Float.floatToRawIntBits(-0f);

  private final Optimizer optimizer;
  private final ChunkVectors vectors;
  private final Table table;
  private final BufferPool pool;
  private final Cadence cadence;
  private final int first;
  private final int[] versions;
  private int fresh;

  /** The version that rows stand at which are at an earlier one by {@link #versions}. */
  private int level;

  /** Of the last step, if they are sent. */
  private StepSigns signs;

  /** For each row, the version that its last gradient has led to. */
  private final int[] touched;

  /** The scalars of the step from version t, at t modulo the period. */
  private final RoundScalars[] past = new RoundScalars[PERIOD];

  /**
   * @param vectors at this version
   * @param had the rows that have had a gradient; empty if all may have
   * @param cadence with the table, in a vector that begins with the chunk
   */
  LateRows(
      Optimizer optimizer,
      ChunkVectors vectors,
      int version,
      Optional<int[]> had,
      Cadence cadence,
      BufferPool pool) {
    this.optimizer = optimizer;
    this.vectors = vectors;
    this.table = cadence.late().orElseThrow();
    this.pool = pool;
    this.cadence = cadence;
    this.first = Math.max(0, table.rowOf(0));
    this.versions = new int[table.rowOf(vectors.size() - 1) + 1 - first];
    Arrays.setAll(versions, i -> isFresh(first + i) ? FRESH : version);
    this.fresh = (int) IntStream.of(versions).filter(its -> its == FRESH).count();
    this.touched = new int[versions.length];
    for (int row : had.orElseGet(this::all)) {
      touched[row - first] = version;
    }
  }

  /**
   * The state of a chunk at a later version, at which only what was touched since then is known.
   *
   * @param state at the first version; taken over
   * @param rows that were touched
   * @param touched state of what precedes the table and of these rows at the later version
   */
  public static ParameterState lead(
      Optimizer optimizer,
      Table table,
      ParameterState state,
      int from,
      int to,
      int[] rows,
      ParameterState touched) {
    Subvector own = Subvector.of(table, state.size(), rows);
    ChunkVectors vectors = new ChunkVectors(optimizer, state, from);
    Cadence cadence = new Cadence(0, false, 1, Optional.of(table));
    LateRows others =
        new LateRows(optimizer, vectors, from, Optional.empty(), cadence, new BufferPool());
    for (int version = from; version < to; version++) {
      if ((version - from) % PERIOD == 0) {
        others.bringTo(version);
      }
      others.past[version % PERIOD] = RoundScalars.replayed(version + 1, false);
    }
    others.bringTo(to);
    ParameterState led = vectors.from(to);
    own.put(touched.current(), led.current());
    led.put(own, touched);
    return led;
  }

  ChunkVectors vectors() {
    return vectors;
  }

  /** The signs of the last step, if steps are sent as signs. */
  StepSigns signs() {
    return signs;
  }

  /** What precedes the table, and the rows that have had a gradient since this version. */
  Subvector touchedSince(int version) {
    int[] rows =
        IntStream.range(0, touched.length)
            .filter(i -> touched[i] > version)
            .map(i -> first + i)
            .toArray();
    return Subvector.of(table, vectors.size(), rows);
  }

  private boolean isFresh(int row) {
    ParameterState state = vectors.from(0);
    boolean isFresh = true;
    for (int at = from(row); isFresh && at < to(row); at++) {
      int weight = Float.floatToRawIntBits(state.current()[at]);
      isFresh = weight == Float.floatToRawIntBits(state.next()[at]) && weight != MINUS_ZERO;
      for (int slot = 0; isFresh && slot < state.slots().length; slot++) {
        float initial = optimizer.slots().get(slot).initial();
        isFresh = Float.compare(state.slots()[slot][at], initial) == 0;
      }
    }
    return isFresh;
  }

  private int from(int row) {
    return (int) Math.max(0, table.start(row));
  }

  private int to(int row) {
    return (int) Math.min(vectors.size(), table.start(row + 1));
  }

  /**
   * Steps what precedes the table and the rows that have a gradient, or the whole chunk where that
   * is cheaper; the bits are the same.
   *
   * @param checksum of the chunk at this version
   * @return that at the next
   */
  long step(RoundScalars scalars, Contribution root, int version, long checksum) {
    if (!optimizer.rests() && Math.floorMod(version - first, PERIOD) == 0) {
      bringTo(version);
    }
    past[version % PERIOD] = scalars;
    Subvector held =
        root instanceof SparseContribution sparse
            ? sparse.part()
            : Subvector.of(table, vectors.size(), all());
    int[] rows = moved(held, root.sums());
    Subvector part = rows.length == held.rows().length ? held : held.with(rows);
    boolean isWhole = APART * rows.length >= (optimizer.rests() ? versions.length : fresh);
    ParameterState own =
        isWhole
            ? stepWhole(scalars, root, version, part)
            : stepApart(scalars, root.sums(), version, held, part);
    for (int row : rows) {
      fresh -= versions[row - first] == FRESH ? 1 : 0;
      versions[row - first] = version + 1;
      touched[row - first] = version + 1;
    }
    return Digest.ofStep(checksum, rows, own.next(), own.slots());
  }

  /** Steps the chunk in place; returns the state of a part of it. */
  private ParameterState stepWhole(
      RoundScalars scalars, Contribution root, int version, Subvector part) {
    bringTo(version);
    ParameterState whole = vectors.from(version);
    Contribution wide = root.whole(vectors.size(), pool);
    optimizer.step(scalars, wide.sums(), whole, 0, vectors.size());
    if (cadence.sendsSigns()) {
      byte[] packed = optimizer.signs(scalars, wide.sums(), vectors.size());
      signs = new WholeSigns(packed, vectors.size());
    }
    if (wide != root) {
      wide.giveBack(pool);
    }
    vectors.moveLookaheadPoint(version + 1);
    level = version + 1;
    return part.values() == vectors.size() ? whole : whole.map(part::taken);
  }

  /** Steps a copy of a part, and returns it. */
  private ParameterState stepApart(
      RoundScalars scalars, float[] sums, int version, Subvector held, Subvector part) {
    bringTo(version, part.rows());
    ParameterState whole = vectors.from(version);
    ParameterState own = whole.map(part::taken);
    float[] its = part == held ? sums : new float[part.values()];
    if (part != held) {
      part.take(held, sums, its);
    }
    optimizer.step(scalars, its, own, 0, part.values());
    if (cadence.sendsSigns()) {
      byte[] packed = optimizer.signs(scalars, its, part.values());
      signs = new RowSigns(packed, part, vectors.size());
    }
    whole.put(part, own);
    if (optimizer.hasLookahead()) {
      part.put(point(own.next(), own), vectors.at(Vector.LOOKAHEAD_POINT, version + 1));
    }
    return own;
  }

  /** The rows with a sum other than 0. Unlike those held, they do not depend on the team. */
  private int[] moved(Subvector held, float[] sums) {
    int[] rows = new int[held.rows().length];
    int count = 0;
    int at = held.head();
    for (int row : held.rows()) {
      int end = at + to(row) - from(row);
      while (at < end && Float.floatToRawIntBits(sums[at]) == 0) {
        at++;
      }
      if (at < end) {
        rows[count++] = row;
      }
      at = end;
    }
    return Arrays.copyOf(rows, count);
  }

  private float[] point(float[] weights, ParameterState state) {
    float[] point = new float[weights.length];
    optimizer.lookaheadPoint(weights, state, 0, point.length, point, 0);
    return point;
  }

  private int[] all() {
    return IntStream.range(first, first + versions.length).toArray();
  }

  /** Has all rows catch up with this version. */
  void bringTo(int version) {
    if (level < version) {
      bringTo(version, all());
      level = version;
    }
  }

  /** Has these rows catch up with this version. */
  void bringTo(int version, int[] rows) {
    int oldest = version - PERIOD;
    int[] late = IntStream.of(rows).filter(row -> stands(row) < version).toArray();
    int[] ends = new int[PERIOD + 1];
    for (int row : late) {
      ends[begin(row, version) - oldest + 1]++;
    }
    for (int i = 0; i < PERIOD; i++) {
      ends[i + 1] += ends[i];
    }
    int[] sorted = new int[late.length];
    for (int row : late) {
      sorted[ends[begin(row, version) - oldest]++] = row;
    }
    if (late.length > 0) {
      bringTo(version, sorted, ends);
    }
  }

  private int stands(int row) {
    return Math.max(versions[row - first], level);
  }

  /** The version to catch up from; a row that rests needs only the last step that it missed. */
  private int begin(int row, int version) {
    return optimizer.rests() ? Math.max(stands(row), version - 1) : stands(row);
  }

  /**
   * Steps a copy of late rows, in which those that take part in a step come first.
   *
   * @param rows in the order in which they begin
   * @param ends how many of them begin in the first round of the period that leads to the version,
   *     in the first two, and so on
   */
  private void bringTo(int version, int[] rows, int[] ends) {
    int[] offsets = new int[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      offsets[i + 1] = offsets[i] + to(rows[i]) - from(rows[i]);
    }
    ParameterState even = vectors.from(0).map(all -> new float[offsets[rows.length]]);
    for (int i = 0; i < rows.length; i++) {
      int skipped = begin(rows[i], version) - stands(rows[i]);
      even.copy(vectors.from(skipped), from(rows[i]), offsets[i], offsets[i + 1] - offsets[i]);
    }
    float[][] points = step(version, even, i -> offsets[ends[i]]);
    for (int i = 0; i < rows.length; i++) {
      int length = offsets[i + 1] - offsets[i];
      vectors.from(0).copy(even, offsets[i], from(rows[i]), length);
      for (int parity = 0; optimizer.hasLookahead() && parity < 2; parity++) {
        float[] all = vectors.at(Vector.LOOKAHEAD_POINT, parity);
        System.arraycopy(points[parity], offsets[i], all, from(rows[i]), length);
      }
      versions[rows[i] - first] = version;
    }
  }

  /**
   * @param even of which more and more from the front take part
   * @param ends behind the last parameter that takes the first step of the period, the second, and
   *     so on
   * @return the points at the last two versions, those of the even one first
   */
  private float[][] step(int version, ParameterState even, IntUnaryOperator ends) {
    ParameterState[] states = {even, even.swapped()};
    float[][] points = new float[2][];
    float[] zeros = new float[even.size()];
    for (int i = 0; i < PERIOD; i++) {
      int at = version - PERIOD + i;
      int end = ends.applyAsInt(i);
      if (end > 0) {
        Arrays.fill(zeros, 0, end, 0); // a step may write to them
        if (at == version - 1 && optimizer.hasLookahead()) {
          points[at % 2] = point(states[at % 2].current(), even);
        }
        optimizer.step(past[at % PERIOD], zeros, states[at % 2], 0, end);
      }
    }
    if (optimizer.hasLookahead()) {
      points[version % 2] = point(states[version % 2].current(), even);
    }
    return points;
  }
}
