package io.cordee.cli.compare;

import io.cordee.cli.log.Logging;
import io.cordee.cli.team.InProcessTeam;
import io.cordee.experiment.compare.CellRunner;
import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.run.RunNote;
import io.cordee.server.observe.Listeners;
import io.cordee.server.serving.JobServer;
import io.cordee.server.serving.StartException;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import io.cordee.worker.data.RowCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * @param log where all cells log, as they share the process
 * @param server ends the cell that is under way, and those to come
 */
record InProcessCellRunner(
    int workers, int threads, Path data, RowCache cache, Path log, JobServer server)
    implements CellRunner {

  @Override
  public RunNote.End run(Planned planned, Path folder, IntConsumer rounds)
      throws IOException, InterruptedException {
    Logging.toFile(log, "compare", Logging.Format.TEXT);
    try (Listeners shown = new Listeners().addTelling("progress", new Progress(rounds))) {
      Outcome outcome =
          new InProcessTeam(planned.job(), workers, threads, data, cache, Optional.empty(), server)
              .run(folder, shown);
      String kind =
          outcome instanceof Outcome.Completed
              ? RunNote.End.COMPLETED
              : outcome instanceof Outcome.Interrupted
                  ? RunNote.End.INTERRUPTED
                  : RunNote.End.FAILED;
      return new RunNote.End(kind, outcome.message());
    } catch (IllegalArgumentException | StartException e) {
      return new RunNote.End(RunNote.End.FAILED, e.getMessage());
    }
  }

  private record Progress(IntConsumer rounds) implements TrainingListener {
    @Override
    public void measured(Measurement measurement) {
      rounds.accept(measurement.round());
    }
  }
}
