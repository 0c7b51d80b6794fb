package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.Listening;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.server.run.LastRun;
import io.cordee.server.run.RunFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a process is told that serves a job, or a shard of it. */
public final class ServerOptions {

  @Option(
      names = "--job",
      defaultValue = "${env:CORDEE_JOB}",
      paramLabel = "JOB.yaml",
      description = "The job to train (default: the built-in digits job). Or CORDEE_JOB.")
  private Optional<Path> jobFile = Optional.empty();

  @Mixin private TrainingOptions changes;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:CORDEE_LISTEN}",
      description =
          "Where to listen (default: 127.0.0.1:7311, this machine only; of peer 0, --lead); port 0"
              + " lets the system pick. Or CORDEE_LISTEN.")
  private Optional<HostAndPort> listen = Optional.empty();

  @Option(
      names = "--advertise",
      paramLabel = "HOST:PORT",
      description =
          "For a shard other than 0: where workers reach it, if that is not where it listens.")
  private Optional<HostAndPort> advertise = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The run folder (default: runs/<time>-<job name>); for a shard other than 0, where its"
              + " checkpoints go (default: none are kept).")
  private Optional<Path> out = Optional.empty();

  @Mixin private ResumeOption resume;

  @Option(
      names = "--linger",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "How long to stay up after the job, to tell late workers that it is over (default: 0;"
              + " workers lost in its last 5 s are waited for in any case).")
  private int linger;

  @Mixin private GateOptions gate;

  @Mixin private DisplayOptions display;

  @Option(
      names = "--ui-open",
      hidden = true,
      description = "The page needs no token, though workers do.")
  private boolean isPageOpen;

  @Mixin private StarterOptions starter;

  /** To be called before anything is begun. */
  public void check() {
    starter.hold();
    if (linger < 0) {
      throw CommandException.wrongUse("--linger must be at least 0; found " + linger);
    }
    resume.check(out);
  }

  /** Returns whether anything was given that only shard 0 can make use of. */
  public boolean isAnythingForLead() {
    return jobFile.isPresent()
        || !changes.overrides().isEmpty()
        || resume.isAsked()
        || display.isForTensorBoard();
  }

  public Optional<Path> jobFile() {
    return jobFile;
  }

  public TrainingOptions changes() {
    return changes;
  }

  public Optional<HostAndPort> listen() {
    return listen;
  }

  /** Where workers reach a shard that listens here; "" if they have to be told. */
  public String advertised(HostAndPort bound) {
    boolean isEverywhere = Listening.at(bound).getAddress().isAnyLocalAddress();
    return advertise
        .or(() -> isEverywhere ? Optional.empty() : Optional.of(bound))
        .map(HostAndPort::toString)
        .orElse("");
  }

  /** The run folder, if there is a run to go on with or one was named. */
  public Optional<Path> folder() {
    return resume.folder().or(() -> out);
  }

  public ResumeOption resume() {
    return resume;
  }

  /** If --out names a run, it goes on, as if --resume had been given for it. */
  public void continueRun() {
    // A link to the last run is refused later: that run may be any job's.
    Optional<Path> run = out.filter(RunFiles::areIn).filter(it -> LastRun.followed(it).equals(it));
    run.ifPresent(resume::continueIn);
    out = run.isPresent() ? Optional.empty() : out;
  }

  public Duration linger() {
    return Duration.ofSeconds(linger);
  }

  public GateOptions gate() {
    return gate;
  }

  /** Who may watch, where these may join. */
  public ViewOptions.Doors doors(Access own) {
    return gate.doors(isPageOpen ? new Access(own.tls(), Optional.empty()) : own);
  }

  public DisplayOptions display() {
    return display;
  }

  public StarterOptions starter() {
    return starter;
  }
}
