package io.cordee.server.assembly;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.file.Found;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.checkpoint.Checkpoints;
import io.cordee.server.round.Keeper;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.util.Optional;

/** Where a shard's chunks begin, the rows that they come of, and who keeps them. */
record KeptState(SavedState start, Found rows, Keeper keeper, Runnable close) {

  /**
   * @param room bytes that may wait for the disk
   */
  static KeptState of(OwnPart own, Optional<CheckpointsAt> at, long room, TrainingListener listener)
      throws IOException {
    if (at.isEmpty()) {
      return new KeptState(own.start(), Found.NOTHING, Keeper.NONE, () -> {});
    }
    CheckpointStore store =
        new CheckpointStore(
            at.get().folder(),
            own.job(),
            at.get().found().run(),
            own.shard(),
            own.chunks(),
            own.optimizer(),
            listener::warned);
    SavedState start;
    if (at.get().resumeAt().isPresent()) {
      int last = at.get().resumeAt().getAsInt();
      start = store.latest(own::start, version -> version <= last);
      listener.resumed(start.mark().version());
    } else {
      start = own.start();
    }
    if (!own.job().checkpoint().isOn()) {
      return new KeptState(start, store.rows(), Keeper.NONE, () -> {});
    }
    Checkpoints checkpoints = store.keepFrom(start.mark(), room, listener::kept);
    return new KeptState(start, store.rows(), checkpoints, checkpoints::close);
  }
}
