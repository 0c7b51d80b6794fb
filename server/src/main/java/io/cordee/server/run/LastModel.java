package io.cordee.server.run;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.file.Found;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.ModelFile;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.reduce.Shard;
import io.cordee.server.checkpoint.CheckpointFolder;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Writes the model of a run whose server was killed after its last row. */
public final class LastModel {

  private LastModel() {}

  /**
   * Writes it, from what the server has kept; empty if the run is not over, or only a worker can
   * tell.
   *
   * @throws IOException if the run cannot be read, or another process writes to it
   */
  public static Optional<Outcome.Completed> write(Path run, Job job) throws IOException {
    Path checkpoints = run.resolve(RunFiles.CHECKPOINTS);
    if (Files.notExists(run.resolve(RunFiles.METRICS))
        || !CheckpointFolder.shardsOf(checkpoints).equals(OptionalInt.of(1))) {
      return Optional.empty();
    }
    OwnFolder folder = OwnFolder.ofRun(run);
    try (folder) {
      MetricsFile metrics = MetricsFile.resume(run.resolve(RunFiles.METRICS), job);
      int round = metrics.next() - 1;
      boolean hasMore = SavedRun.rounds(run, metrics) > round;
      if (hasMore || !isOver(job, round) || !metrics.isLastEvaluated()) {
        return Optional.empty();
      }
      Found found = RunFiles.found(run);
      SavedState state = kept(checkpoints, job, found.run(), round);
      if (!state.digest().equals(metrics.digest())) {
        return Optional.empty();
      }
      folder.clear();
      folder.writeJob(job, found);
      Outcome.Completed completed = Outcome.completed(round, Reason.ROUNDS);
      long rowsPerRound = job.rowsPerRound().orElse(0);
      var metadata =
          SavedRun.metadata(job, round, metrics.digest(), completed, found.columns(), rowsPerRound);
      ModelFile.write(
          run.resolve(RunFiles.MODEL),
          job.model(),
          () -> state.chunks().stream().map(ParameterState::current).iterator(),
          metadata);
      return Optional.of(completed);
    }
  }

  /**
   * Returns whether it is over by its rounds, and could not have been by anything that was
   * measured.
   */
  private static boolean isOver(Job job, int round) {
    StopConditions stop = job.stop();
    boolean areRoundsCounted = stop.epochs().isEmpty() || job.rowsPerRound().isEmpty();
    return areRoundsCounted
        && round == stop.lastRound(1, 1)
        && Stream.of(stop.accuracy(), stop.loss(), stop.tolerance()).allMatch(it -> it.isEmpty());
  }

  private static SavedState kept(Path checkpoints, Job job, String run, int round)
      throws IOException {
    JobVector vector = JobVector.of(job);
    return new CheckpointStore(
            checkpoints, job, run, Shard.WHOLE, vector.chunks(), vector.optimizer(), warning -> {})
        .latest(
            () ->
                SavedState.start(
                    new InitialWeights(job.model())::take,
                    vector.chunks(),
                    vector.optimizer().slots(),
                    vector.drawn()),
            version -> version <= round);
  }
}
