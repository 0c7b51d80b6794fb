package io.cordee.server;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Job;
import io.cordee.common.reduce.Shard;
import io.cordee.server.checkpoint.CheckpointFolder;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.checkpoint.Checkpoints;
import io.cordee.server.round.Keeper;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** Where a shard's chunks begin, and who keeps them. */
record KeptState(SavedState start, Keeper keeper, Runnable close) {

  /**
   * @param room bytes that may wait for the disk
   */
  static KeptState of(
      Job job,
      Shard shard,
      OwnPart own,
      Optional<ParameterServer.CheckpointsAt> at,
      long room,
      TrainingListener listener)
      throws IOException {
    Supplier<SavedState> fresh = own::start;
    if (at.isEmpty()) {
      return new KeptState(fresh.get(), Keeper.NONE, () -> {});
    }
    CheckpointStore store =
        new CheckpointStore(
            new CheckpointFolder(at.get().folder(), shard),
            job,
            shard,
            own.chunks(),
            own.optimizer(),
            listener::warned);
    SavedState start;
    if (at.get().resumeAt().isPresent()) {
      int last = at.get().resumeAt().getAsInt();
      start = store.latest(fresh, version -> version <= last);
      listener.resumed(start.mark().version());
    } else {
      start = fresh.get();
    }
    if (!job.checkpoint().isOn()) {
      return new KeptState(start, Keeper.NONE, () -> {});
    }
    Checkpoints checkpoints = store.keepFrom(start.mark(), room, listener::kept);
    return new KeptState(start, checkpoints, checkpoints::close);
  }
}
