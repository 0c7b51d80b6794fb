package io.cordee.server.round;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.kernel.Digest;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.reduce.Subvector;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * A chunk of a vector that ends in an embedding table: rows of the table, and what precedes it. A
 * round steps the rows that have a gradient; the others catch up later, in {@link LateRows}. A
 * chunk that has only rows takes no memory until one of them is touched.
 *
 * <p>Its checksum is a chain: each step adds what it has changed.
 */
final class EmbeddingChunk implements ChunkState {

  private final Optimizer optimizer;
  private final Cadence cadence;
  private final BufferPool pool;
  private final int size;

  /** Makes the state that it begins with. */
  private final Supplier<ParameterState> start;

  /** The rows that had a gradient before it began; empty if all may have. */
  private final Optional<int[]> had;

  /** Null until a row is touched. */
  private LateRows rows;

  private int version;
  private long checksum;
  private SignStep signStep;

  /**
   * @param cadence with the table, in a vector that begins with this chunk
   * @param size parameters of the chunk
   */
  EmbeddingChunk(
      Optimizer optimizer,
      Cadence cadence,
      BufferPool pool,
      int size,
      Supplier<ParameterState> start,
      Optional<int[]> had,
      int version,
      long checksum) {
    this.optimizer = optimizer;
    this.cadence = cadence;
    this.pool = pool;
    this.size = size;
    this.start = start;
    this.had = had;
    this.version = version;
    this.checksum = checksum;
    boolean hasOnlyRows = cadence.late().orElseThrow().first() <= 0;
    boolean isUntouched = had.filter(none -> none.length == 0).isPresent();
    if (!hasOnlyRows || !isUntouched) {
      touched();
    }
  }

  private LateRows touched() {
    if (rows == null) {
      ChunkVectors vectors = new ChunkVectors(optimizer, start.get(), version);
      rows = new LateRows(optimizer, vectors, version, had, cadence, pool);
    }
    return rows;
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public Contribution root(Contribution sum) {
    return sum;
  }

  @Override
  public void step(RoundScalars scalars, double norm, Contribution root) {
    if (rows == null && root instanceof SparseContribution sums && sums.part().values() == 0) {
      float[][] none = new float[optimizer.slots().size()][0];
      checksum = Digest.ofStep(checksum, new int[0], new float[0], none);
      stepped(scalars, () -> new RowSigns(new byte[0], sums.part(), size));
    } else {
      checksum = touched().step(scalars, root, version, checksum);
      stepped(scalars, rows::signs);
    }
  }

  private void stepped(RoundScalars scalars, Supplier<StepSigns> signs) {
    version++;
    if (cadence.sendsSigns()) {
      OptionalLong checked = cadence.checked(version, () -> checksum);
      signStep = new SignStep(version, scalars.lossRose(), checked, signs.get());
    }
  }

  @Override
  public SignStep signStep() {
    return signStep;
  }

  @Override
  public long checksum() {
    return checksum;
  }

  @Override
  public CollectedChunk collect(int atVersion) {
    Optional<float[]> weights =
        rows == null ? Optional.empty() : Optional.of(all(atVersion).weights(atVersion).clone());
    long[] sent = Digest.hashes(weights.orElseGet(() -> new float[0]), new float[0][]);
    return new CollectedChunk(weights, sent, checksum);
  }

  @Override
  public Optional<float[]> slot(int slot) {
    return rows == null ? Optional.empty() : Optional.of(rows.vectors().slots()[slot]);
  }

  @Override
  public float[] vector(Vector vector, int atVersion) {
    return all(atVersion).at(vector, atVersion);
  }

  @Override
  public float[] copy(Vector vector, int atVersion, Subvector part) {
    return part.taken(some(atVersion, part).at(vector, atVersion));
  }

  @Override
  public ShownChunk replayed() {
    int replayed = optimizer.replayedSlots().size();
    return new ShownChunk(version, all(version).shown(version, replayed), checksum);
  }

  @Override
  public ShownChunk copyReplayed(Subvector part) {
    int replayed = optimizer.replayedSlots().size();
    List<float[]> copies = copies(part, replayed);
    float[][] ofSlots = copies.subList(2, copies.size()).toArray(float[][]::new);
    long hash = Digest.ofChunk(copies.get(0), ofSlots, 0, part.values());
    return new ShownChunk(version, copies, hash);
  }

  @Override
  public ShownChunk kept(int base) {
    if (base == CheckpointHeader.WHOLE) {
      return new ShownChunk(
          version, all(version).shown(version, optimizer.slots().size()), checksum);
    }
    Subvector part =
        rows == null
            ? Subvector.of(cadence.late().orElseThrow(), 0, new int[0])
            : rows.touchedSince(base);
    List<float[]> copies = copies(part, optimizer.slots().size());
    return new ShownChunk(version, copies, checksum, part.rows());
  }

  private List<float[]> copies(Subvector part, int slots) {
    return some(version, part).shown(version, slots).stream().map(part::taken).toList();
  }

  /** The vectors with all rows at a version; if none is touched, made for this call. */
  private ChunkVectors all(int atVersion) {
    if (rows == null) {
      return new ChunkVectors(optimizer, start.get(), version);
    }
    rows.bringTo(atVersion);
    return rows.vectors();
  }

  /** The vectors with these rows at a version. */
  private ChunkVectors some(int atVersion, Subvector part) {
    if (rows == null && part.values() == 0) {
      return new ChunkVectors(
          optimizer, ParameterState.taking(new float[0], optimizer.slots()), version);
    }
    touched().bringTo(atVersion, part.rows());
    return rows.vectors();
  }
}
