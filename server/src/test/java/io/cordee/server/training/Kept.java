package io.cordee.server.training;

import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.rule.ParameterState;
import io.cordee.server.round.ChunkState;
import io.cordee.server.round.Keeper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What a shard of a simulated cluster has on its disk: its last two checkpoints that are whole. */
final class Kept implements Keeper {

  private static final int MOST = 2;

  private final int chunks;
  private final NavigableMap<Integer, SavedState> whole = new TreeMap<>();
  private final Map<Integer, ParameterState> begun = new HashMap<>();
  private final Map<Integer, Long> checksums = new HashMap<>();
  private RoundMark mark = RoundMark.START;

  Kept(SavedState start) {
    this.chunks = start.chunks().size();
    List<ParameterState> copies =
        start.chunks().stream().map(chunk -> ParameterState.joined(List.of(chunk))).toList();
    whole.put(start.mark().version(), new SavedState(start.mark(), copies, start.checksums()));
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
  }

  @Override
  public void keep(int chunk, ChunkState state) {
    float[][] vectors = state.vectors().stream().map(float[]::clone).toArray(float[][]::new);
    float[][] slots =
        List.of(vectors).subList(SavedState.WEIGHTS, vectors.length).toArray(float[][]::new);
    begun.put(chunk, ParameterState.of(vectors[0], vectors[1], slots));
    checksums.put(chunk, state.checksum());
    if (begun.size() == chunks) {
      whole.put(
          mark.version(),
          new SavedState(
              mark,
              IntStream.range(0, chunks).mapToObj(begun::get).toList(),
              IntStream.range(0, chunks).mapToObj(checksums::get).toList()));
      while (whole.size() > MOST) {
        whole.pollFirstEntry();
      }
    }
  }
}
