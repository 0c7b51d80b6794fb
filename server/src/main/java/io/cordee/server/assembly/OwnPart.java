package io.cordee.server.assembly;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Shard;
import io.cordee.common.wire.NodeRounding;
import io.cordee.server.grpc.Absentees;
import io.cordee.server.grpc.ChunkThreads;
import io.cordee.server.grpc.ContributionReader;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.Part;
import io.cordee.server.observe.Traffic;
import io.cordee.server.round.Board;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.training.Surroundings;
import io.cordee.server.training.Training;
import io.cordee.server.training.TrainingListener;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/**
 * A shard's own part of a job's vector.
 *
 * @param all the chunks of the whole vector
 * @param chunks its own
 * @param given the weights that it begins with, if another shard has sent them
 */
record OwnPart(
    Job job,
    Shard shard,
    Optimizer optimizer,
    Chunks all,
    Chunks chunks,
    ReductionTree tree,
    BufferPool buffers,
    Optional<float[]> given) {

  static OwnPart of(Job job, Shard shard) {
    JobVector vector = JobVector.of(job);
    return new OwnPart(
        job,
        shard,
        vector.optimizer().at(vector.chunks().from(shard.firstChunk(vector.chunks()))),
        vector.chunks(),
        shard.own(vector.chunks()),
        new ReductionTree(job.partitions()),
        new BufferPool(),
        Optional.empty());
  }

  OwnPart beginningWith(float[] weights) {
    return new OwnPart(job, shard, optimizer, all, chunks, tree, buffers, Optional.of(weights));
  }

  /** Its own state at version 0. */
  SavedState start() {
    if (given.isPresent()) {
      return SavedState.start(given.get(), chunks, optimizer.slots());
    }
    InitialWeights weights = new InitialWeights(job.model());
    int first = firstParameter();
    return SavedState.start(
        (into, from) -> weights.take(into, first + from),
        chunks,
        optimizer.slots(),
        JobVector.of(job).drawn().map(table -> table.from(first)));
  }

  private int firstParameter() {
    return all.from(shard.firstChunk(all));
  }

  private Cadence cadence() {
    return Cadence.of(job).from(firstParameter());
  }

  RoundBoard rounds(KeptState kept) {
    return new RoundBoard(
        optimizer,
        new NodeRounding(job.compression().gradients(), chunks),
        tree,
        kept.start(),
        buffers,
        cadence(),
        kept.keeper(),
        ChunkThreads::each);
  }

  <T extends Training> GrpcTeam<T> team(
      Board board,
      ScheduledExecutorService later,
      Traffic traffic,
      TrainingListener listener,
      Function<Surroundings, T> training) {
    Part part = Part.of(shard, all, job.partlyHeld());
    return new GrpcTeam<>(
        later,
        JobFile.write(job),
        part,
        board,
        new ContributionReader(
            part, chunks, tree, buffers, job.compression().gradients(), job.local()),
        traffic,
        Memory.forHoldings(job),
        new Absentees(System::nanoTime),
        us -> training.apply(new Surroundings(job, us, listener, System::nanoTime)));
  }
}
