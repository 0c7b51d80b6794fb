package io.cordee.common.checkpoint;

import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.Slot;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * All that a shard needs to resume from the end of a round.
 *
 * @param chunks the state of each of its chunks: the weights at the mark's version, those at the
 *     version before (at version 0 the same), and the rule's slots
 * @param checksums of each of its chunks
 */
public record SavedState(RoundMark mark, List<ParameterState> chunks, List<Long> checksums) {

  /** The parts of a chunk's state in front of the slots. */
  public static final int WEIGHTS = 2;

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
    return start(FloatBuffer.wrap(initial)::get, chunks, slots);
  }

  /** The same; {@code initial} fills one chunk's weights after another. */
  public static SavedState start(Consumer<float[]> initial, Chunks chunks, List<Slot> slots) {
    List<ParameterState> states = new ArrayList<>();
    for (int c = 0; c < chunks.count(); c++) {
      float[] weights = new float[chunks.size(c)];
      initial.accept(weights);
      states.add(ParameterState.taking(weights, slots));
    }
    return new SavedState(RoundMark.START, states);
  }

  /** Of the whole vector, if this is the only shard. */
  public String digest() {
    long[] all = checksums.stream().mapToLong(Long::longValue).toArray();
    return Digest.ofVector(mark.version(), all);
  }
}
