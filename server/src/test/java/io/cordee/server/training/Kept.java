package io.cordee.server.training;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Table;
import io.cordee.server.round.Keeper;
import io.cordee.server.round.LateRows;
import io.cordee.server.round.ShownChunk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What a shard of a simulated cluster has on its disk: its last two checkpoints that are whole. It
 * is shown only the rows of a table that were touched since the last one.
 */
final class Kept implements Keeper {

  private static final int MOST = 2;

  private final Optimizer optimizer;
  private final Chunks chunks;
  private final Optional<Table> late;
  private final NavigableMap<Integer, SavedState> whole = new TreeMap<>();
  private final Map<Integer, ParameterState> begun = new HashMap<>();
  private final Map<Integer, Long> checksums = new HashMap<>();
  private RoundMark mark = RoundMark.START;
  private int base;

  Kept(SavedState start, Optimizer optimizer, Chunks chunks, Optional<Table> late) {
    this.optimizer = optimizer;
    this.chunks = chunks;
    this.late = late;
    List<ParameterState> copies = start.chunks().stream().map(Kept::copy).toList();
    whole.put(start.mark().version(), new SavedState(start.mark(), copies, start.checksums()));
  }

  private static ParameterState copy(ParameterState chunk) {
    return ParameterState.joined(List.of(chunk));
  }

  int last(int most) {
    return whole.floorKey(most);
  }

  /** May be asked for once. */
  Optional<SavedState> at(int version) {
    return Optional.ofNullable(whole.get(version));
  }

  @Override
  public void begin(RoundMark next) {
    begun.clear();
    mark = next;
    boolean isThere = whole.containsKey(next.version());
    base = late.isEmpty() || isThere ? CheckpointHeader.WHOLE : whole.lastKey();
  }

  @Override
  public int base() {
    return base;
  }

  @Override
  public void keep(int chunk, ShownChunk state) {
    float[][] vectors = state.vectors().stream().map(float[]::clone).toArray(float[][]::new);
    float[][] slots =
        List.of(vectors).subList(SavedState.WEIGHTS, vectors.length).toArray(float[][]::new);
    ParameterState kept = ParameterState.of(vectors[0], vectors[1], slots);
    begun.put(chunk, base == CheckpointHeader.WHOLE ? kept : led(chunk, state.rows(), kept));
    checksums.put(chunk, state.checksum());
    if (begun.size() == chunks.count()) {
      whole.put(
          mark.version(),
          new SavedState(
              mark,
              IntStream.range(0, chunks.count()).mapToObj(begun::get).toList(),
              IntStream.range(0, chunks.count()).mapToObj(checksums::get).toList()));
      while (whole.size() > MOST) {
        whole.pollFirstEntry();
      }
    }
  }

  private ParameterState led(int chunk, int[] rows, ParameterState touched) {
    int at = chunks.from(chunk);
    return LateRows.lead(
        optimizer.at(at),
        late.orElseThrow().from(at),
        copy(whole.get(base).chunks().get(chunk)),
        base,
        mark.version(),
        rows,
        touched);
  }
}
