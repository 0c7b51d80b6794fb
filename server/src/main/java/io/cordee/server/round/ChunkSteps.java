package io.cordee.server.round;

import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.reduce.Chunks;
import java.util.Arrays;
import java.util.List;

/** Steps chunks, each by itself where the optimizer allows it, and passes on what is to be kept. */
final class ChunkSteps {

  private final Optimizer optimizer;
  private final Chunks chunks;
  private final Cadence cadence;
  private final Keeper keeper;
  private final List<ChunkRound> rounds;
  private final Parallel parallel;

  /** What each slot holds of chunks that have no memory yet; null where nobody has asked. */
  private final float[][] untouched;

  ChunkSteps(
      Optimizer optimizer,
      Chunks chunks,
      Cadence cadence,
      Keeper keeper,
      List<ChunkRound> rounds,
      Parallel parallel) {
    this.optimizer = optimizer;
    this.chunks = chunks;
    this.cadence = cadence;
    this.keeper = keeper;
    this.rounds = rounds;
    this.parallel = parallel;
    this.untouched = new float[optimizer.slots().size()][];
  }

  /**
   * Steps chunks whose roots are complete.
   *
   * @param norm of the mean gradient, for an optimizer that clips
   */
  void step(List<Integer> claimed, RoundScalars scalars, double norm, boolean isKept) {
    if (optimizer.mixesParameters()) {
      stepAll(scalars);
      rounds.forEach(ChunkRound::stepped);
      if (isKept) {
        claimed.forEach(this::keep);
      }
    } else if (claimed.size() <= chunks.perMessage()) {
      // Together they are no more than a long chunk, not worth another thread.
      claimed.forEach(chunk -> step(chunk, scalars, norm, isKept));
    } else {
      parallel.each(claimed.size(), i -> step(claimed.get(i), scalars, norm, isKept));
    }
  }

  float[] slot(int chunk, int slot) {
    return rounds.get(chunk).get(state -> state.slot(slot)).orElseGet(() -> initial(slot));
  }

  private synchronized float[] initial(int slot) {
    if (untouched[slot] == null) {
      untouched[slot] = new float[chunks.length()];
      Arrays.fill(untouched[slot], optimizer.slots().get(slot).initial());
    }
    return untouched[slot];
  }

  /** All chunks at once, in vectors that are put together for it. */
  private void stepAll(RoundScalars scalars) {
    List<float[]> sums = rounds.stream().map(round -> round.root().sums()).toList();
    List<ParameterState> states = rounds.stream().map(round -> round.dense().state()).toList();
    ParameterState whole = ParameterState.joined(states);
    optimizer.stepAll(scalars, sums, chunks, whole);
    whole.split(states);
  }

  private void step(int chunk, RoundScalars scalars, double norm, boolean isKept) {
    ChunkRound round = rounds.get(chunk);
    round.step(scalars, norm);
    if (cadence.isDigestDue(scalars.round())) {
      round.get(ChunkState::checksum); // while the chunk is in cache
    }
    if (isKept) {
      keep(chunk);
    }
  }

  /** Has the keeper keep the current state of a chunk, with all its slots. */
  void keep(int chunk) {
    int base = keeper.base();
    rounds.get(chunk).show(state -> state.kept(base), shown -> keeper.keep(chunk, shown));
  }
}
