package io.cordee.cli.compare;

import io.cordee.cli.log.Logging;
import io.cordee.cli.team.InProcessTeam;
import io.cordee.experiment.compare.CellRunner;
import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.run.RunNote;
import io.cordee.server.observe.Listeners;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntConsumer;

final class InProcessCellRunner implements CellRunner {

  private final int workers;
  private final int threads;
  private final Path data;
  private final Path log;

  // Guarded by this runner's monitor.
  private Optional<InProcessTeam> running = Optional.empty();
  private boolean isInterrupted;
  private boolean isLogging;

  /** {@code log} is where all cells log, as they share the process. */
  InProcessCellRunner(int workers, int threads, Path data, Path log) {
    this.workers = workers;
    this.threads = threads;
    this.data = data;
    this.log = log;
  }

  @Override
  public RunNote.End run(Planned planned, Path folder, IntConsumer rounds) throws IOException {
    InProcessTeam team = new InProcessTeam(planned.job(), workers, threads, data);
    if (!begins(team)) {
      return new RunNote.End(RunNote.End.INTERRUPTED, "interrupted");
    }
    try (Listeners shown = new Listeners().addTelling("progress", new Progress(rounds))) {
      Outcome outcome = team.run(folder, shown);
      String kind =
          outcome instanceof Outcome.Completed
              ? RunNote.End.COMPLETED
              : outcome instanceof Outcome.Interrupted
                  ? RunNote.End.INTERRUPTED
                  : RunNote.End.FAILED;
      return new RunNote.End(kind, outcome.message());
    } catch (IllegalArgumentException e) {
      return new RunNote.End(RunNote.End.FAILED, e.getMessage());
    } finally {
      ended();
    }
  }

  private synchronized boolean begins(InProcessTeam team) {
    if (!isLogging) {
      Logging.toFile(log, "compare", Logging.Format.TEXT);
      isLogging = true;
    }
    running = Optional.of(team);
    return !isInterrupted;
  }

  private synchronized void ended() {
    running = Optional.empty();
  }

  /** Ends the cell that is under way, and lets no other begin. */
  synchronized void interrupt() {
    isInterrupted = true;
    running.ifPresent(InProcessTeam::interrupt);
  }

  private record Progress(IntConsumer rounds) implements TrainingListener {
    @Override
    public void measured(Measurement measurement) {
      rounds.accept(measurement.round());
    }
  }
}
