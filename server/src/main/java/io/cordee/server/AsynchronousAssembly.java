package io.cordee.server;

import io.cordee.common.job.Job;
import io.cordee.common.job.Mode;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.reduce.Shard;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.observe.Traffic;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.training.AsynchronousTraining;
import io.cordee.server.training.TrainingListener;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** The server of a job that is trained asynchronously. */
record AsynchronousAssembly(
    Job job, Mode.Async mode, int minWorkers, Traffic traffic, TrainingListener listener)
    implements Assembly {

  @Override
  public Parts make(ScheduledExecutorService later, Runnable afterEach) {
    OwnPart own = OwnPart.of(job, Shard.WHOLE);
    AsyncBoard board =
        new AsyncBoard(
            own.optimizer(),
            own.chunks(),
            own.tree(),
            InitialWeights.of(job.model()),
            own.buffers());
    GrpcTeam team =
        own.team(
            job,
            board,
            later,
            traffic,
            us ->
                new AsynchronousTraining(
                    job, mode.staleness(), board, us, listener, System::nanoTime, minWorkers),
            afterEach);
    return new Parts(team, team.service(Optional.empty()), () -> {}, () -> {});
  }
}
