package io.cordee.cli.team;

import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits for the end of the job and looks after everybody meanwhile. Where there is nothing to wait
 * for, the server is told to end and keep its weights: every worker is gone, or one is that it
 * begins, or goes on, with.
 */
final class Watch {

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** How long a server may take to end by itself when its workers have failed. */
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  /** How long it may take to keep its weights; that is all it does once a worker has completed. */
  private static final Duration KEEPING = Duration.ofSeconds(90);

  private final TeamSetup setup;
  private final LeadProcess lead;
  private final ShardProcesses shards;
  private final WorkerProcesses workers;
  private final Notices notices;
  private final BooleanSupplier isInterrupted;

  Watch(
      TeamSetup setup,
      LeadProcess lead,
      ShardProcesses shards,
      WorkerProcesses workers,
      Notices notices,
      BooleanSupplier isInterrupted) {
    this.isInterrupted = isInterrupted;
    this.setup = setup;
    this.lead = lead;
    this.shards = shards;
    this.workers = workers;
    this.notices = notices;
  }

  /** Returns whether the server has ended by itself; if not, it was told to, and why was said. */
  boolean awaitEnd() throws IOException, InterruptedException {
    while (!lead.isGone()) {
      boolean hasEnded = lead.awaitEnd(LOOK);
      if (isInterrupted.getAsBoolean()) {
        if (hasEnded) {
          return true;
        }
        continue; // Whoever ends then is meant to.
      }
      if (hasEnded) {
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos()); // it may be started again in a moment
      }
      lead.tend();
      shards.tend();
      workers.tend();
      Duration farewell = workers.hasOneCompleted() ? KEEPING : FAREWELL;
      if (isInVain() && !lead.awaitEnd(farewell)) {
        lead.end(KEEPING);
        notices.fail(complaint());
        return false;
      }
    }
    return true;
  }

  private boolean isInVain() throws IOException {
    return workers.areAllGone()
        || !shards.gone().isEmpty()
        || lead.awaitsMoreThan(workers.expected());
  }

  private String complaint() {
    List<String> gone = shards.gone().isEmpty() ? workers.gone() : shards.gone();
    String who =
        shards.gone().isEmpty() && workers.areAllGone()
            ? "every worker"
            : String.join(" and ", gone);
    String kept =
        Files.exists(setup.runFolder().resolve(RunFiles.MODEL))
            ? "; the weights so far are kept in " + setup.runFolder().resolve(RunFiles.MODEL)
            : "";
    return who + " has ended before the job; " + setup.log() + " says why" + kept;
  }
}
