package io.cordee.worker.compute;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import io.cordee.function.Rows;
import io.cordee.proto.message.WorkerSays;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.model.ListedRows;
import java.util.BitSet;
import java.util.Optional;

/**
 * The part of the parameter vector that this worker holds: all of it, or what lies before the
 * model's table and the rows of it that its data touch. It grows when rows of data come that touch
 * more; the servers then send all of it again.
 *
 * <p>The worker's own thread covers what is to be computed, any thread puts and reads.
 */
final class HeldPart {

  private record Held(Holding holding, HeldVectors vectors) {}

  private final Job job;
  private final Optional<Table> table;
  private final HeldRows rows;
  private final ServerLink server;
  private final Chunks chunks;
  private volatile Held held;
  private volatile Holding announced;

  /** What is known to be covered. */
  private final BitSet partitions = new BitSet();

  private final BitSet slices = new BitSet();

  HeldPart(Job job, HeldRows rows, ServerLink server) {
    this.job = job;
    this.table = job.model().table();
    this.rows = rows;
    this.server = server;
    this.chunks = JobVector.of(job).chunks();
    hold(
        table
            .map(all -> Holding.of(0, chunks, Subvector.of(all, chunks.parameters(), new int[0])))
            .orElse(Holding.all(chunks)));
    announced = held.holding;
  }

  /** What the servers know that is held. */
  Holding announced() {
    return announced;
  }

  private void hold(Holding holding) {
    held = new Held(holding, HeldVectors.of(job, holding, server));
  }

  /** How many parameters it has apart from rows of a table. */
  int head() {
    return table.map(Table::first).orElse(chunks.parameters());
  }

  /** How many parameters gradients of these rows are of. */
  int parameters(Rows some) {
    return table
        .map(all -> Subvector.of(all, chunks.parameters(), ListedRows.touched(some).orElseThrow()))
        .map(Subvector::values)
        .orElse(chunks.parameters());
  }

  /**
   * Covers what these partitions and the slices of the same numbers touch.
   *
   * @param areLoaded whether they are in memory; if not, each is covered when it is leased
   */
  void prepare(BitSet wanted, boolean areLoaded) {
    BitSet loaded = areLoaded ? wanted : new BitSet();
    cover(loaded, rows.slicesOf(loaded));
  }

  void cover(BitSet wanted) {
    cover(wanted, new BitSet());
  }

  void coverSlices(BitSet wanted) {
    cover(new BitSet(), wanted);
  }

  private void cover(BitSet ofPartitions, BitSet ofSlices) {
    if (table.isEmpty()) {
      return;
    }
    BitSet newPartitions = without(ofPartitions, partitions);
    BitSet newSlices = without(ofSlices, slices);
    partitions.or(newPartitions);
    slices.or(newSlices);
    Holding before = held.holding;
    int[] touched = rows.touched(newPartitions, newSlices);
    Subvector more = before.part().orElseThrow().and(touched);
    if (before.number() == 0 || more != before.part().get()) {
      Holding holding = Holding.of(before.number() + 1, chunks, more);
      hold(holding);
      server.send(new WorkerSays.Holds(holding.number(), more.rows()));
      announced = holding;
    }
  }

  private static BitSet without(BitSet all, BitSet some) {
    BitSet left = (BitSet) all.clone();
    left.andNot(some);
    return left;
  }

  /** Whether a chunk was written for what is held now; if not, it will come again. */
  boolean isCurrent(Chunk chunk) {
    return chunk.holding() == held.holding.number();
  }

  /** As {@link HeldVectors#put}. */
  boolean put(Chunk chunk) {
    Held now = held;
    return chunk.holding() == now.holding.number() && now.vectors.put(chunk);
  }

  /** As {@link HeldVectors#evaluationPoint}. */
  Optional<Point> evaluationPoint(int version) {
    Held now = held;
    return now.vectors.evaluationPoint(version).map(values -> new Point(values, now.holding));
  }

  /** As {@link HeldVectors#weights}. */
  Optional<Point> weights(int version) {
    Held now = held;
    return now.vectors.weights(version).map(values -> new Point(values, now.holding));
  }
}
