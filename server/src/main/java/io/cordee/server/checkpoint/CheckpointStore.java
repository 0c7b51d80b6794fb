package io.cordee.server.checkpoint;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobChange;
import io.cordee.common.job.JobException;
import io.cordee.common.job.JobFile;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.rule.Optimizer;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** The checkpoints of one shard of a job: where it goes on from, and who keeps what it becomes. */
public final class CheckpointStore {

  private final CheckpointFolder folder;
  private final Job job;
  private final CheckpointHeader any;
  private final Optimizer optimizer;
  private final Consumer<String> warn;

  /**
   * @param shard and {@code own}, the chunks of its part of the vector
   * @param warn told of files that are not sound, and of what cannot be written
   */
  public CheckpointStore(
      CheckpointFolder folder,
      Job job,
      Shard shard,
      Chunks own,
      Optimizer optimizer,
      Consumer<String> warn) {
    this.folder = folder;
    this.job = job;
    this.optimizer = optimizer;
    this.warn = warn;
    this.any =
        new CheckpointHeader(
            JobFile.write(job),
            shard,
            RoundMark.START,
            own,
            SavedState.WEIGHTS + optimizer.slots().size());
  }

  /**
   * The latest state that is kept.
   *
   * @param start of the job, where nothing is
   * @param isAllowed versions that may be gone on from
   * @throws IOException if the folder cannot be read
   */
  public SavedState latest(SavedState start, IntPredicate isAllowed) throws IOException {
    return new Recovery(folder, any, this::isSameJob, optimizer, job.sendsSigns(), warn)
        .latest(start, isAllowed);
  }

  private boolean isSameJob(String yaml) {
    try {
      return JobChange.reason(JobFile.parse(yaml, "the checkpoint's job", List.of()), job)
          .isEmpty();
    } catch (JobException e) {
      return false;
    }
  }

  /** Keeps the states from now on. */
  public Checkpoints keepFrom(RoundMark start) {
    return new Checkpoints(folder, any, start, job.checkpoint(), job.sendsSigns(), warn);
  }
}
