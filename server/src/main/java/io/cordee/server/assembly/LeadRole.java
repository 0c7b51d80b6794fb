package io.cordee.server.assembly;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.Mode;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Shard;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.checkpoint.KeptVersion;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.ShardStreams;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Traffic;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.run.RunFolder;
import io.cordee.server.training.LeadTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;

/**
 * The only server of a job, or shard 0 of several.
 *
 * @param minWorkers how many the first round waits for
 * @param folder of the run, which is among the listeners; empty if nothing is kept
 * @param isResumed true if the folder holds the beginning of the job
 * @param patience for the others to say what they have kept, where the job is resumed
 */
public record LeadRole(
    Job job,
    int shards,
    int minWorkers,
    Optional<RunFolder> folder,
    boolean isResumed,
    Duration patience,
    Traffic traffic,
    Listeners listeners)
    implements Role {

  /** Creates one that keeps nothing. */
  public LeadRole(Job job, int shards, int minWorkers, Traffic traffic, Listeners listeners) {
    this(job, shards, minWorkers, Optional.empty(), false, Duration.ZERO, traffic, listeners);
  }

  /**
   * Checks, before anything is started, that this many shards can serve the job, and that this
   * process has the memory.
   *
   * @throws IllegalArgumentException if it cannot, with the reason
   */
  public static void check(Job job, int shards, int workers) {
    if (shards > 1 && job.mode() instanceof Mode.Async) {
      throw new IllegalArgumentException(
          "mode async takes one server, as shards would be at different places; found %d shards"
              .formatted(shards));
    }
    Optimizer optimizer = JobVector.of(job).optimizer();
    if (shards > 1 && optimizer.mixesParameters()) {
      throw new IllegalArgumentException(
          "optimizer %s solves one system for all parameters; it takes one server, found %d shards"
              .formatted(job.optimizer().name(), shards));
    }
    for (int number = 0; number < shards; number++) {
      Memory.of(job, new Shard(number, shards), workers).check(Memory.available(job));
    }
  }

  @Override
  public Optional<ShardStreams> others(ScheduledExecutorService later) {
    return others(job, run(), shards, later);
  }

  static Optional<ShardStreams> others(
      Job job, String run, int shards, ScheduledExecutorService later) {
    return shards == 1
        ? Optional.empty()
        : Optional.of(
            new ShardStreams(
                JobFile.write(job),
                run,
                shards,
                JobVector.of(job),
                job.model().first().map(given -> () -> InitialWeights.of(job.model())),
                other -> CheckpointStore.isSameJob(other, job),
                later));
  }

  @Override
  public Assembly assemble(ScheduledExecutorService later, Optional<ShardStreams> others)
      throws IOException, InterruptedException, TimeoutException {
    check(job, shards, minWorkers);
    OptionalInt resumeAt = resumeAt(others);
    OwnPart own = OwnPart.of(job, new Shard(0, shards));
    Memory memory = Memory.of(job, own.shard(), minWorkers);
    memory.warning(Memory.available(job)).ifPresent(listeners::warned);
    // Asynchronous rounds are never whole, so that nothing of them is kept.
    boolean isKept = job.mode() instanceof Mode.Sync;
    Optional<Path> checkpoints = folder.filter(its -> isKept).map(RunFolder::checkpoints);
    long room = isKept ? memory.forDisk(Memory.available(job)) : 0;
    KeptState kept = KeptState.of(own, checkpoints, run(), resumeAt, room, listeners);
    RoundBoard board = own.rounds(kept);
    GrpcTeam<LeadTraining> team =
        own.team(
            board,
            later,
            traffic,
            listeners,
            around ->
                new LeadTraining(
                    around,
                    board,
                    minWorkers,
                    others.stream().toList(),
                    new LeadTraining.Whole(own.all(), shards)));
    folder.ifPresent(its -> team.training().resume(kept.rows().or(its.found()), its.best()));
    others.ifPresent(team::shares);
    others.ifPresent(streams -> streams.begin(board.version(), team));
    return new Assembly(team, memory.with(room), port -> {}, kept.close());
  }

  private String run() {
    return folder.map(its -> its.found().run()).orElse("");
  }

  /** Resumes from what all shards have kept; some of the first workers may be gone for good. */
  @Override
  public Role next(String why) {
    listeners.drain(); // the rows so far say where the run can go on
    listeners.waiting(why + "; the job continues when it is back");
    return new LeadRole(job, shards, 1, folder, true, patience, traffic, listeners);
  }

  /** Returns the latest version that the job can resume from, by what all shards have kept. */
  private OptionalInt resumeAt(Optional<ShardStreams> others)
      throws IOException, InterruptedException, TimeoutException {
    if (folder.isEmpty() || !isResumed) {
      return OptionalInt.empty();
    }
    int latest = folder.get().latestResume();
    if (others.isEmpty()) {
      return OptionalInt.of(latest);
    }
    List<KeptVersion> own =
        CheckpointStore.kept(folder.get().checkpoints(), new Shard(0, shards), listeners::warned)
            .versions()
            .stream()
            .filter(one -> one.run().equals(run()))
            .filter(one -> one.version() <= latest)
            .toList();
    listeners.waiting(
        shards == 2
            ? "waiting for the other shard to report its checkpoints"
            : "waiting for " + (shards - 1) + " other shards to report their checkpoints");
    return OptionalInt.of(others.get().agree(own, patience));
  }
}
