package io.cordee.server;

import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.reduce.Chunks;
import io.cordee.server.round.CollectedChunk;
import io.cordee.server.round.RoundBoard;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A board's weights as one vector. */
public final class BoardWeights {

  private BoardWeights() {}

  /** Where none are of a table that nobody has touched. */
  public static float[] of(RoundBoard board, int version) {
    return of(board, version, List.of());
  }

  /**
   * @param drawn each chunk before anybody touches it
   */
  public static float[] of(RoundBoard board, int version, List<ParameterState> drawn) {
    List<Optional<float[]>> chunks =
        board.collect(version).stream().map(CollectedChunk::weights).toList();
    List<float[]> all =
        IntStream.range(0, chunks.size())
            .mapToObj(c -> chunks.get(c).orElseGet(() -> drawn.get(c).current()))
            .toList();
    return Chunks.joined(all, board.chunks().parameters());
  }
}
