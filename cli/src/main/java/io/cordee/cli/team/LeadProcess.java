package io.cordee.cli.team;

import io.cordee.common.retry.Backoff;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * The server, or shard 0 of several: it prints, and its end is that of the job. If it is killed,
 * the next one resumes from its checkpoints, at the same address. Used by one thread, but for
 * {@link #end}.
 */
final class LeadProcess {

  private final TeamSetup setup;
  private final Processes processes;
  private final IntSupplier workers;
  private final TeamProcess process;

  /** Where it listens; port 0 until that is known. */
  private String address = "127.0.0.1:0";

  private int starts;

  /** How many workers the current process waits for. */
  private int awaited;

  /** The progress of this process's run. */
  private RunProgress own;

  private LeadProcess(
      TeamSetup setup,
      Processes processes,
      IntSupplier workers,
      RunProgress progress,
      Notices notices,
      Path announcement)
      throws IOException {
    this.setup = setup;
    this.processes = processes;
    this.workers = workers;
    Restarts restarts = new Restarts(new Backoff(ThreadLocalRandom.current()));
    process = new TeamProcess("the server", n -> begin(announcement), restarts, progress, notices);
  }

  /**
   * Starts it and waits until it listens, or has ended instead: then it has no address.
   *
   * @param workers how many are expected
   */
  static LeadProcess start(
      TeamSetup setup,
      Processes processes,
      IntSupplier workers,
      RunProgress progress,
      Notices notices)
      throws IOException, InterruptedException {
    try (Announcement announcement = new Announcement()) {
      LeadProcess lead =
          new LeadProcess(setup, processes, workers, progress, notices, announcement.file());
      announcement.await(lead.process, () -> {}).ifPresent(address -> lead.address = address);
      return lead;
    }
  }

  private Process begin(Path announcement) throws IOException {
    boolean isFirst = address.endsWith(":0");
    awaited = workers.getAsInt();
    own = new RunProgress(setup.runFolder().resolve(RunFiles.METRICS));
    List<String> arguments = new ArrayList<>(List.of("server", "--leash"));
    setup.jobFile().ifPresent(file -> arguments.addAll(List.of("--job", file.toString())));
    setup.overrides().forEach(override -> arguments.addAll(List.of("--set", override)));
    arguments.addAll(List.of("--listen", address));
    if (isFirst) {
      arguments.addAll(List.of("--announce", announcement.toString()));
    }
    boolean goesOn =
        setup.isResumed() || starts++ > 0 && Files.exists(setup.runFolder().resolve(RunFiles.JOB));
    arguments.addAll(List.of(goesOn ? "--resume" : "--out", setup.runFolder().toString()));
    arguments.addAll(List.of("--workers", Integer.toString(awaited)));
    arguments.addAll(List.of("--shard", "0/" + setup.shards()));
    arguments.addAll(setup.forLead());
    arguments.addAll(setup.forAll());
    if (setup.printing() != TeamSetup.Printing.USUAL) {
      arguments.add("--quiet");
    }
    if (setup.printing() != TeamSetup.Printing.NOTHING) {
      return processes.startPrinting(arguments);
    }
    Files.createDirectories(setup.runFolder());
    return processes.startLogged(arguments, setup.log());
  }

  /** Where it listens; empty if it has ended before it did. */
  Optional<String> address() {
    return address.endsWith(":0") ? Optional.empty() : Optional.of(address);
  }

  Process process() {
    return process.process();
  }

  /** Looks after it: once it has been killed, it is restarted in due time. */
  void tend() throws IOException {
    process.tend();
  }

  /** Whether it has ended for good. */
  boolean isGone() {
    return process.isGone();
  }

  /** Whether it still waits for its workers, and for more than there are going to be. */
  boolean awaitsMoreThan(int there) throws IOException {
    return awaited > there && !own.hasBegun();
  }

  /** Returns whether the process that it is now has ended within this time. */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    return process().waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The exit code, once it has ended. */
  int code() {
    return process().exitValue();
  }

  /** Makes it end the job, save the weights and dismiss the workers; waits for it. */
  void end(Duration patience) throws InterruptedException {
    process().destroy();
    awaitEnd(patience);
  }
}
