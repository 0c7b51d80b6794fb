package io.cordee.worker.compute;

import io.cordee.common.job.Batch;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.RowHolding;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import io.cordee.function.Rows;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.model.ListedRows;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * A vector of which this worker holds what lies before the model's table, and the rows of it that
 * its data touch. With batches these are others at each version, else they grow when rows of data
 * come that touch more; the servers then send all of it again.
 *
 * <p>The worker's own thread covers what is to be computed, any thread puts and reads.
 */
final class EmbeddingVector implements WorkerVector {

  /** The part that is held at a version, or at any. */
  private static final class Held {
    final OptionalInt version;
    final RowHolding holding;
    final ReceivedVectors vectors;

    /** The partitions that are known to be covered. */
    final BitSet partitions;

    final BitSet slices;

    /** True once the servers have been told. */
    volatile boolean isAnnounced;

    Held(
        OptionalInt version,
        RowHolding holding,
        ReceivedVectors vectors,
        BitSet partitions,
        BitSet slices) {
      this.version = version;
      this.holding = holding;
      this.vectors = vectors;
      this.partitions = partitions;
      this.slices = slices;
    }

    boolean isOf(int atVersion) {
      return version.isEmpty() || version.getAsInt() == atVersion;
    }
  }

  private final Job job;
  private final Table table;
  private final HeldRows rows;
  private final ServerLink server;
  private final Chunks chunks;

  /** The last one first. */
  private volatile List<Held> latest = List.of();

  /** Rows that are expected to be computed next. */
  private record Batches(int version, Map<Integer, RoundRows> rows) {}

  private volatile Batches expected = new Batches(-1, Map.of());

  /** Partitions that the worker is prepared for. */
  private BitSet prepared = new BitSet();

  EmbeddingVector(Job job, HeldRows rows, ServerLink server) {
    this.job = job;
    this.table = job.partlyHeld().orElseThrow();
    this.rows = rows;
    this.server = server;
    this.chunks = JobVector.of(job).chunks();
  }

  private Held held(OptionalInt version, RowHolding holding, BitSet partitions, BitSet slices) {
    return new Held(version, holding, ReceivedVectors.of(job, holding, server), partitions, slices);
  }

  private Optional<Held> at(int version) {
    return latest.stream().filter(held -> held.isOf(version)).findFirst();
  }

  @Override
  public Optional<Holding> announced(int version) {
    return latest.stream()
        .filter(held -> held.isOf(version) && held.isAnnounced)
        .findFirst()
        .map(held -> held.holding);
  }

  @Override
  public int head() {
    return table.first();
  }

  /**
   * Covers what these partitions and the slices of the same numbers touch, or, with batches, will
   * touch. Where their rows are not in memory, each is covered when it is leased.
   */
  @Override
  public void prepare(BitSet wanted, boolean areLoaded) {
    prepared = areLoaded ? wanted : new BitSet();
    if (!isOfVersions()) {
      cover(0, prepared, rows.slicesOf(prepared));
    }
  }

  /** Returns true if each version has rows of data of its own, which touch other rows. */
  private boolean isOfVersions() {
    return job.batch() instanceof Batch.Rows;
  }

  @Override
  public IntFunction<RoundRows> lease(int version, BitSet partitions) {
    IntFunction<RoundRows> leased = batches(version, partitions);
    cover(version, partitions, new BitSet());
    return leased;
  }

  @Override
  public IntFunction<Rows> slices(int version, BitSet slices) {
    IntFunction<Rows> evaluated = rows.slices(slices);
    cover(version, new BitSet(), slices);
    return evaluated;
  }

  /** Tells the servers, where rows of data are chosen anew, before the version is there. */
  @Override
  public void expect(int version) {
    boolean isKnown = isOfVersions() && !prepared.isEmpty() && version < job.stop().rounds();
    if (isKnown && at(version).isEmpty()) {
      IntFunction<RoundRows> batches = rows.batches(prepared, version);
      Map<Integer, RoundRows> chosen = new HashMap<>();
      prepared.stream().forEach(number -> chosen.put(number, chosen(batches.apply(number))));
      expected = new Batches(version, chosen);
      boolean isEvaluated = version % job.evaluateEvery() == 0;
      cover(version, prepared, isEvaluated ? rows.slicesOf(prepared) : new BitSet());
    }
  }

  private static RoundRows chosen(RoundRows rows) {
    Rows only = rows.step(0);
    return new RoundRows(rows.count(), step -> only);
  }

  private void cover(int version, BitSet partitions, BitSet slices) {
    Optional<Held> before = at(version);
    BitSet newPartitions = without(partitions, before.map(held -> held.partitions));
    BitSet newSlices = without(slices, before.map(held -> held.slices));
    int[] touched = touched(version, newPartitions, newSlices);
    if (before.isPresent()) {
      before.get().partitions.or(newPartitions);
      before.get().slices.or(newSlices);
      Subvector own = before.get().holding.part();
      Subvector more = own.and(touched);
      if (more != own) {
        hold(before.get().version, more, before.get().partitions, before.get().slices);
      }
    } else {
      OptionalInt only = isOfVersions() ? OptionalInt.of(version) : OptionalInt.empty();
      Subvector part = Subvector.of(table, chunks.parameters(), touched);
      hold(only, part, newPartitions, newSlices);
    }
  }

  private void hold(OptionalInt version, Subvector part, BitSet partitions, BitSet slices) {
    int number = latest.isEmpty() ? 1 : latest.get(0).holding.number() + 1;
    Held now = held(version, RowHolding.of(number, chunks, part), partitions, slices);
    // Drop what is abandoned.
    latest =
        Stream.concat(Stream.of(now), latest.stream())
            .filter(held -> held.version.orElse(0) >= version.orElse(0) - 1)
            .toList();
    server.hold(number, version, part.rows());
    now.isAnnounced = true;
    latest = latest.stream().filter(held -> held == now || !held.version.equals(version)).toList();
  }

  /** As {@link HeldRows#batches}, without choosing again what is expected. */
  private IntFunction<RoundRows> batches(int version, BitSet wanted) {
    IntFunction<RoundRows> others = rows.batches(wanted, version);
    Batches known = expected;
    return partition ->
        known.version == version && known.rows.containsKey(partition)
            ? known.rows.get(partition)
            : others.apply(partition);
  }

  /** The rows of the table that these partitions and slices touch, ascending. */
  private int[] touched(int version, BitSet partitions, BitSet slices) {
    List<int[]> all = new ArrayList<>();
    IntFunction<RoundRows> batches = batches(version, partitions);
    partitions.stream().forEach(number -> all.add(touched(batches.apply(number).step(0))));
    IntFunction<Rows> evaluated = rows.slices(slices);
    slices.stream().forEach(number -> all.add(touched(evaluated.apply(number))));
    return all.stream().reduce(new int[0], Subvector::union);
  }

  private static int[] touched(Rows rows) {
    return ListedRows.touched(rows).orElseThrow();
  }

  private static BitSet without(BitSet all, Optional<BitSet> some) {
    BitSet left = (BitSet) all.clone();
    some.ifPresent(left::andNot);
    return left;
  }

  @Override
  public boolean isCurrent(Chunk chunk) {
    return current(chunk).isPresent();
  }

  private Optional<Held> current(Chunk chunk) {
    return at(chunk.version()).filter(held -> held.holding.number() == chunk.holding());
  }

  @Override
  public boolean put(Chunk chunk) {
    return current(chunk).map(held -> held.vectors.put(chunk)).orElse(false);
  }

  @Override
  public Optional<Point> lookaheadPoint(int version) {
    return at(version).flatMap(held -> point(held, held.vectors.lookaheadPoint(version)));
  }

  @Override
  public Optional<Point> weights(int version) {
    return at(version).flatMap(held -> point(held, held.vectors.weights(version)));
  }

  private static Optional<Point> point(Held held, Optional<float[]> values) {
    return values.map(all -> new EmbeddingPoint(all, held.holding.part()));
  }
}
