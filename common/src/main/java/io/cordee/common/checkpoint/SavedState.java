package io.cordee.common.checkpoint;

import io.cordee.common.kernel.Digest;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.Slot;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

/**
 * All that a shard needs to resume from the end of a round.
 *
 * @param chunks the state of each of its chunks: the weights at the mark's version, those at the
 *     version before (at version 0 the same), and the optimizer's slots
 * @param checksums of each of its chunks
 * @param touched for each of its chunks, the rows of a table that have had a gradient; empty if all
 *     may have. A chunk of the table without any is drawn whenever it is asked for
 */
public record SavedState(
    RoundMark mark,
    List<ParameterState> chunks,
    List<Long> checksums,
    Optional<List<int[]>> touched) {

  /** The parts of a chunk's state in front of the slots. */
  public static final int WEIGHTS = 2;

  /** In which all rows may have had a gradient. */
  public SavedState(RoundMark mark, List<ParameterState> chunks, List<Long> checksums) {
    this(mark, chunks, checksums, Optional.empty());
  }

  /** With the checksums of states that were stepped as wholes, or never. */
  public SavedState(RoundMark mark, List<ParameterState> chunks) {
    this(
        mark,
        chunks,
        chunks.stream()
            .map(state -> Digest.ofChunk(state.current(), state.slots(), 0, state.size()))
            .toList());
  }

  /** The start of a job; {@code initial}, the weights of all chunks, is copied. */
  public static SavedState start(float[] initial, Chunks chunks, List<Slot> slots) {
    ObjIntConsumer<float[]> copy =
        (weights, from) -> System.arraycopy(initial, from, weights, 0, weights.length);
    return start(copy, chunks, slots, Optional.empty());
  }

  /**
   * The same, with nothing of the table touched.
   *
   * @param initial fills an array with the weights from a parameter on, again and again if they are
   *     of the table, where none is −0; called by several threads
   */
  public static SavedState start(
      ObjIntConsumer<float[]> initial, Chunks chunks, List<Slot> slots, Optional<Table> table) {
    IntFunction<ParameterState> drawn =
        chunk -> {
          float[] weights = new float[chunks.size(chunk)];
          initial.accept(weights, chunks.from(chunk));
          return ParameterState.taking(weights, slots);
        };
    ParameterState[] kept = new ParameterState[chunks.count()];
    IntToLongFunction checksum =
        chunk -> {
          ParameterState state = drawn.apply(chunk);
          boolean isKept = table.filter(its -> its.first() <= chunks.from(chunk)).isEmpty();
          kept[chunk] = isKept ? state : null;
          return Digest.ofChunk(state.current(), state.slots(), 0, state.size());
        };
    return new SavedState(
        RoundMark.START,
        Chunks.list(kept, drawn),
        IntStream.range(0, kept.length).parallel().mapToLong(checksum).boxed().toList(),
        table.map(its -> Collections.nCopies(kept.length, new int[0])));
  }

  /**
   * A later state, of which only what was touched since this one is known.
   *
   * @param rows of a table, for each chunk, of which that is besides what precedes the table
   * @param later makes the whole state of a chunk; called by several threads, and not for a chunk
   *     that nobody has touched
   */
  public SavedState with(SavedState added, List<int[]> rows, IntFunction<ParameterState> later) {
    Optional<List<int[]>> all =
        touched.map(
            had ->
                IntStream.range(0, had.size())
                    .mapToObj(chunk -> Subvector.union(had.get(chunk), rows.get(chunk)))
                    .toList());
    ParameterState[] kept = new ParameterState[chunks.size()];
    IntPredicate isTouched =
        chunk ->
            added.chunks.get(chunk).size() > 0
                || all.filter(its -> its.get(chunk).length == 0).isEmpty();
    IntStream.range(0, kept.length)
        .parallel()
        .filter(isTouched)
        .forEach(chunk -> kept[chunk] = later.apply(chunk));
    return new SavedState(added.mark, Chunks.list(kept, chunks::get), added.checksums, all);
  }

  /** Of the whole vector, if this is the only shard. */
  public String digest() {
    long[] all = checksums.stream().mapToLong(Long::longValue).toArray();
    return Digest.ofVector(mark.version(), all);
  }
}
