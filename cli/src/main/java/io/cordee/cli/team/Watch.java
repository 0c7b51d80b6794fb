package io.cordee.cli.team;

import io.cordee.cli.commandline.ExitCode;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Waits for the end of the job and looks after all processes meanwhile. The server is told to end
 * and keep its weights where it waits in vain: all workers are gone, or one that it needs.
 */
record Watch(
    TeamSetup setup,
    LeadProcess lead,
    List<TeamProcess> shards,
    List<TeamProcess> workers,
    Notices notices,
    BooleanSupplier isInterrupted) {

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** How long a server may take to end by itself when its workers have failed. */
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  /** How long it may take to keep its weights; that is all it does once a worker has completed. */
  private static final Duration KEEPING = Duration.ofSeconds(90);

  /** Returns whether the server has ended by itself; if not, it was told to, and why was said. */
  boolean awaitEnd() throws IOException, InterruptedException {
    while (true) {
      boolean hasEnded = lead.awaitEnd(LOOK);
      if (isInterrupted.getAsBoolean()) {
        if (hasEnded) {
          return true;
        }
        continue; // exits are intended now
      }
      if (hasEnded && !ExitCode.isChosen(lead.code())) {
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos()); // it may be started again in a moment
      }
      lead.process().tend();
      if (lead.process().isGone()) {
        return true; // a restarted worker would find no server
      }
      for (TeamProcess other : Stream.concat(shards.stream(), workers.stream()).toList()) {
        other.tend();
      }
      boolean isCompleted = workers.stream().anyMatch(TeamProcess::hasCompleted);
      Duration farewell = isCompleted ? KEEPING : FAREWELL;
      if (isInVain() && !lead.awaitEnd(farewell)) {
        lead.end(KEEPING);
        notices.fail(complaint());
        return false;
      }
    }
  }

  private boolean isInVain() throws IOException {
    return areAllWorkersGone() || !TeamProcess.gone(shards).isEmpty() || lead.awaitsTooMany();
  }

  private boolean areAllWorkersGone() {
    return !setup.areEqual() && workers.stream().allMatch(TeamProcess::isGone);
  }

  private String complaint() {
    List<String> gone = TeamProcess.gone(shards);
    String who =
        !gone.isEmpty()
            ? String.join(" and ", gone)
            : areAllWorkersGone()
                ? "every worker"
                : String.join(" and ", TeamProcess.gone(workers));
    String kept =
        Files.exists(setup.runFolder().resolve(RunFiles.MODEL))
            ? "; the weights so far are kept in " + setup.runFolder().resolve(RunFiles.MODEL)
            : "";
    return who + " has ended before the job; " + setup.log() + " says why" + kept;
  }
}
