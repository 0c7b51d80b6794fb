package io.cordee.server;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.reduce.Shard;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.ShardStreams;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.training.Shards;
import io.cordee.server.training.SynchronousTraining;
import io.cordee.server.training.TrainingListener;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** The only server of a job with rounds, or shard 0 of several. */
record LeadAssembly(Job job, ParameterServer.Options options, TrainingListener listener)
    implements Assembly {

  @Override
  public Parts make(ScheduledExecutorService later, Runnable afterEach) throws IOException {
    Shard shard = new Shard(0, options.shards());
    OwnPart own = OwnPart.of(job, shard);
    long room = Memory.of(job, shard, options.minWorkers()).forDisk(Memory.available());
    KeptState kept = KeptState.of(job, shard, own, options.checkpoints(), room, listener);
    RoundBoard board = own.rounds(job, kept);
    String yaml = JobFile.write(job);
    ShardStreams shards =
        new ShardStreams(
            yaml,
            options.shards(),
            own.all(),
            kept.start().mark().version(),
            other -> CheckpointStore.isSameJob(other, job),
            later);
    SynchronousTraining[] made = new SynchronousTraining[1];
    GrpcTeam team =
        own.team(
            job,
            board,
            later,
            options.traffic(),
            us ->
                made[0] =
                    new SynchronousTraining(
                        job,
                        board,
                        us,
                        listener,
                        System::nanoTime,
                        options.minWorkers(),
                        options.shards() == 1 ? Shards.NONE : shards,
                        new SynchronousTraining.Whole(own.all(), options.shards())),
            afterEach);
    options.checkpoints().ifPresent(at -> made[0].expect(at.columns()));
    shards.runBy(action -> team.run(training -> action.accept(made[0])));
    ServerServiceDefinition service =
        team.service(options.shards() == 1 ? Optional.empty() : Optional.of(shards));
    return new Parts(team, service, () -> {}, kept.close());
  }
}
