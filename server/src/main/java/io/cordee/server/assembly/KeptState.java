package io.cordee.server.assembly;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.file.Found;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.checkpoint.Checkpoints;
import io.cordee.server.round.Keeper;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Where a shard's chunks begin, the rows that they come of, and who keeps them. */
record KeptState(SavedState start, Found rows, Keeper keeper, Runnable close) {

  /**
   * @param folder of the checkpoints; empty for none
   * @param run whose checkpoints they are; empty until rows are known
   * @param resumeAt the latest version to resume from; empty if the job begins anew
   * @param room bytes that may wait for the disk
   */
  static KeptState of(
      OwnPart own,
      Optional<Path> folder,
      String run,
      OptionalInt resumeAt,
      long room,
      TrainingListener listener)
      throws IOException {
    if (folder.isEmpty()) {
      return new KeptState(own.start(), Found.NOTHING, Keeper.NONE, () -> {});
    }
    CheckpointStore store =
        new CheckpointStore(
            folder.get(),
            own.job(),
            run,
            own.shard(),
            own.chunks(),
            own.optimizer(),
            listener::warned);
    SavedState start;
    if (resumeAt.isPresent()) {
      int last = resumeAt.getAsInt();
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
