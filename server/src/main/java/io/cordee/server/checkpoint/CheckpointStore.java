package io.cordee.server.checkpoint;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobChange;
import io.cordee.common.job.JobException;
import io.cordee.common.job.JobFile;
import io.cordee.common.job.JobVector;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.rule.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/** The checkpoints of one shard of a job: where it goes on from, and who keeps what it becomes. */
public final class CheckpointStore {

  private final CheckpointFolder folder;
  private final Job job;
  private final CheckpointHeader any;
  private final Optimizer optimizer;
  private final Consumer<String> warn;

  /**
   * @param shard and {@code own}, the chunks of its part of the vector
   * @param warn receives which files are not sound, and what cannot be written
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
   * @param isAllowed versions that it may resume from
   * @throws IOException if the folder cannot be read
   */
  public SavedState latest(Supplier<SavedState> start, IntPredicate isAllowed) throws IOException {
    return recovery().latest(start, isAllowed);
  }

  /** Whether what is kept of a job, as YAML, is of use to this one. */
  public static boolean isSameJob(String yaml, Job job) {
    try {
      return JobChange.reason(JobFile.parse(yaml, "the checkpoint's job", List.of()), job)
          .isEmpty();
    } catch (JobException e) {
      return false;
    }
  }

  /**
   * What a shard can say of the versions that it has kept, of whatever job.
   *
   * @param warn receives which files are not sound
   */
  public static KeptVersions kept(Path folder, Shard shard, Consumer<String> warn)
      throws IOException {
    CheckpointFolder files = new CheckpointFolder(folder, shard);
    Optional<CheckpointHeader> newest = files.newestHeader();
    if (newest.isEmpty()) {
      return KeptVersions.NONE;
    }
    Job job;
    try {
      job = JobFile.parse(newest.get().job(), "the checkpoint's job", List.of());
    } catch (JobException e) {
      warn.accept(e.getMessage());
      return KeptVersions.NONE;
    }
    JobVector vector = JobVector.of(job);
    CheckpointStore store =
        new CheckpointStore(
            files, job, shard, shard.own(vector.chunks()), vector.optimizer(), warn);
    List<Versions> versions = store.kept();
    // A journal from the start with no step in it: that job never began.
    boolean hasBegun = versions.stream().anyMatch(kept -> kept.last() > 0);
    return !hasBegun && files.checkpoints().isEmpty()
        ? KeptVersions.NONE
        : new KeptVersions(newest.get().job(), versions);
  }

  /** The versions that {@link #latest} could lead to, without the start of the job. */
  public List<Versions> kept() throws IOException {
    return recovery().kept();
  }

  private Recovery recovery() {
    return new Recovery(
        folder, any, yaml -> isSameJob(yaml, job), optimizer, job.hasJournal(), warn);
  }

  /**
   * Keeps the states from now on.
   *
   * @param room bytes that may wait for the disk; then training does
   * @param onKept called with the version of each that is kept
   */
  public Checkpoints keepFrom(RoundMark start, long room, IntConsumer onKept) {
    return new Checkpoints(
        folder, any, start, job.checkpoint(), job.hasJournal(), room, warn, onKept);
  }
}
