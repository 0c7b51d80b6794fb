package io.cordee.server.checkpoint;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.CheckpointReader;
import io.cordee.common.checkpoint.JournalReader;
import io.cordee.common.checkpoint.JournalReader.Entry;
import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RoundScalars;
import io.cordee.common.wire.Signs;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Finds the latest state of a shard that its checkpoints and journals hold: the newest checkpoint
 * that is sound, then the journalled rounds behind it, up to the last that is whole. Files that are
 * not sound, or of another job, are reported and left alone.
 */
public final class Recovery {

  private final CheckpointFolder folder;
  private final CheckpointHeader expected;
  private final Predicate<String> isSameJob;
  private final Optimizer optimizer;
  private final boolean hasJournal;
  private final Consumer<String> warn;

  /**
   * @param expected a header of this job and shard, at any version
   * @param isSameJob whether a job, as YAML, goes on as this one
   * @param hasJournal whether the job's steps are kept as signs
   */
  public Recovery(
      CheckpointFolder folder,
      CheckpointHeader expected,
      Predicate<String> isSameJob,
      Optimizer optimizer,
      boolean hasJournal,
      Consumer<String> warn) {
    this.folder = folder;
    this.expected = expected;
    this.isSameJob = isSameJob;
    this.optimizer = optimizer;
    this.hasJournal = hasJournal;
    this.warn = warn;
  }

  /**
   * The latest state.
   *
   * @param start of the job, from which journals may lead on too
   * @param isAllowed versions that may be gone on from
   */
  public SavedState latest(SavedState start, IntPredicate isAllowed) throws IOException {
    SavedState state = newestCheckpoint(isAllowed).orElse(start);
    return hasJournal ? replayed(state, isAllowed) : state;
  }

  private Optional<SavedState> newestCheckpoint(IntPredicate isAllowed) throws IOException {
    for (Map.Entry<Integer, Path> found : folder.checkpoints().descendingMap().entrySet()) {
      if (!isAllowed.test(found.getKey())) {
        continue;
      }
      try (CheckpointReader reader = CheckpointReader.open(found.getValue())) {
        require(found.getValue(), reader.header(), found.getKey());
        return Optional.of(new SavedState(reader.header().mark(), reader.read()));
      } catch (IOException e) {
        warn.accept(e.getMessage() + "; the checkpoint before it is used");
      }
    }
    return Optional.empty();
  }

  private void require(Path file, CheckpointHeader found, int version) throws IOException {
    if (!isSameJob.test(found.job())) {
      throw new IOException(file + ": of another job");
    }
    if (!expected
            .at(found.mark())
            .equals(
                new CheckpointHeader(
                    expected.job(), found.shard(), found.mark(), found.chunks(), found.parts()))
        || found.mark().version() != version) {
      throw new IOException(
          file
              + ": expected shard "
              + expected.shard()
              + " at version "
              + version
              + "; found shard "
              + found.shard()
              + " at version "
              + found.mark().version());
    }
  }

  // ---- journals ----

  private SavedState replayed(SavedState from, IntPredicate isAllowed) throws IOException {
    Replay replay = new Replay(from);
    for (Map.Entry<Integer, Path> found :
        folder.journals().tailMap(from.mark().version(), true).entrySet()) {
      if (found.getKey() > replay.mark.version()) {
        break; // what leads there is missing
      }
      try (JournalReader reader = JournalReader.open(found.getValue())) {
        require(found.getValue(), reader.header(), found.getKey());
        replay.all(reader, isAllowed);
      } catch (NoSuchFileException e) {
        continue;
      } catch (IOException e) {
        warn.accept(e.getMessage() + "; its rounds are computed again");
      }
    }
    return replay.state();
  }

  /** Takes journalled steps, a whole round at a time. */
  private final class Replay {

    private final Chunks chunks = expected.chunks();
    private final float[] signs = new float[chunks.length()];
    private final Map<Integer, Entry.ChunkSigns> round = new HashMap<>();
    private final ParameterState state;
    private RoundMark mark;

    Replay(SavedState from) {
      mark = from.mark();
      state = ParameterState.of(from.weights(), from.previousWeights(), from.slots());
    }

    void all(JournalReader reader, IntPredicate isAllowed) throws IOException {
      round.clear();
      for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        if (entry.get() instanceof Entry.ChunkSigns step) {
          if (step.version() == mark.version() + 1) {
            round.put(step.chunk(), step);
          }
        } else if (entry.get() instanceof Entry.RoundEnd end) {
          if (end.mark().version() == mark.version() + 1) {
            if (!isAllowed.test(end.mark().version()) || !isWhole()) {
              return;
            }
            take(end.mark());
          }
          round.clear();
        }
      }
    }

    private boolean isWhole() {
      for (int chunk = 0; chunk < chunks.count(); chunk++) {
        Entry.ChunkSigns step = round.get(chunk);
        if (step == null || step.packed().length != Signs.bytes(chunks.size(chunk))) {
          return false;
        }
      }
      return true;
    }

    private void take(RoundMark end) {
      for (int chunk = 0; chunk < chunks.count(); chunk++) {
        Entry.ChunkSigns step = round.get(chunk);
        Signs.unpack(step.packed(), 0, signs, 0, chunks.size(chunk));
        optimizer.replay(
            RoundScalars.replayed(end.version(), step.lossRose()),
            signs,
            state,
            chunks.from(chunk),
            chunks.to(chunk));
      }
      state.advance();
      mark = end;
    }

    SavedState state() {
      float[][] slots = state.slots();
      float[][] vectors = new float[SavedState.WEIGHTS + slots.length][];
      vectors[0] = state.current();
      vectors[1] = state.next();
      System.arraycopy(slots, 0, vectors, SavedState.WEIGHTS, slots.length);
      return new SavedState(mark, vectors);
    }
  }
}
