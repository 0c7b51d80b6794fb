package io.cordee.cli.command;

import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.Errors;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.commandline.Listening;
import io.cordee.cli.file.FreshFolder;
import io.cordee.cli.file.TrainingNote;
import io.cordee.cli.log.Logging;
import io.cordee.cli.log.LoggingListener;
import io.cordee.cli.option.DataOption;
import io.cordee.cli.option.DisplayOptions;
import io.cordee.cli.option.GateOptions;
import io.cordee.cli.option.ResumeOption;
import io.cordee.cli.option.StarterOptions;
import io.cordee.cli.option.TrainingOptions;
import io.cordee.cli.server.LiveView;
import io.cordee.cli.server.WorkerCount;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
import io.cordee.common.reduce.Shard;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.server.assembly.LeadAt;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.ShardStreams;
import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Observation;
import io.cordee.server.observe.Traffic;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.RunFolder;
import io.cordee.server.serving.FollowerServing;
import io.cordee.server.serving.LeadServing;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.serving.Serving;
import io.cordee.server.serving.StartException;
import io.cordee.server.training.Outcome;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves a job, as its only server or one shard of several; the process may compute as well. */
abstract class ServingCommand extends CordeeCommand {

  private static final int USUAL_PORT = 7311;

  @Option(
      names = "--job",
      defaultValue = "${env:CORDEE_JOB}",
      paramLabel = "JOB.yaml",
      description = "The job to train (default: the built-in digits job). Or CORDEE_JOB.")
  private Optional<Path> jobFile = Optional.empty();

  @Mixin private TrainingOptions jobOptions;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:CORDEE_LISTEN}",
      description =
          "Where to listen (default: 127.0.0.1:7311, this machine only; of node 0, --lead); port 0 lets the system pick. Or CORDEE_LISTEN.")
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
          "The run folder (default: runs/<time>-<job name>); for a shard other than 0, where its checkpoints go (default: none are kept).")
  private Optional<Path> out = Optional.empty();

  @Mixin private ResumeOption resume;

  @Option(
      names = "--linger",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "How long to stay up after the job, to tell late workers that it is over (default: 0; workers lost in its last 5 s are waited for in any case).")
  private int linger;

  @Mixin private GateOptions gateOptions;

  @Mixin private DisplayOptions display;

  @Option(
      names = "--ui-open",
      hidden = true,
      description = "The page needs no token, though workers do.")
  private boolean isPageOpen;

  @Mixin private StarterOptions starter;

  private final WorkerCount headcount = new WorkerCount();

  private Optional<Runnable> beside = Optional.empty();

  private final Serving serving = new Serving();

  /** Lets in other shards that wait for this one. */
  private Optional<Gate> toOthers = Optional.empty();

  abstract Shard shard();

  /** Where shard 0 listens, for the others. */
  abstract Optional<HostAndPort> lead();

  /** How many workers the first round waits for. */
  abstract int workers();

  /** How long other shards are waited for. */
  Duration patience() {
    return Duration.ofSeconds(600);
  }

  /** Where it listens if nothing is said of that. */
  HostAndPort usualAddress() {
    return new HostAndPort("127.0.0.1", USUAL_PORT);
  }

  /** Extends the gate beyond what the options admit; {@code toShards} is how shards are reached. */
  Gate open(Gate gate, Supplier<Access> toShards) {
    return gate;
  }

  /** Starts what runs beside the server, once that can be found; the result closes it. */
  Runnable startBeside(Consumer<String> onFailure) {
    return () -> {};
  }

  /** Whether no workers will come but those that the first round waits for. */
  boolean isTeamComplete() {
    return !isForOthers();
  }

  /** Checks the options before anything is begun. */
  abstract void check() throws IOException;

  /** What the lines of its log begin with. */
  String nameInLog() {
    return shard().leads() ? "server" : "shard-" + shard().number();
  }

  /** Whether anything was given that only shard 0 can make use of. */
  final boolean isAnythingForLead() {
    return jobFile.isPresent()
        || !jobOptions.overrides().isEmpty()
        || resume.isAsked()
        || display.isForTensorBoard();
  }

  final Optional<Path> out() {
    return out;
  }

  final void resumeIn(Path run) {
    resume.continueIn(run);
    out = Optional.empty();
  }

  final HostAndPort address() {
    return listen.orElseGet(this::usualAddress);
  }

  @Override
  public Integer call() throws Exception {
    try {
      return run();
    } catch (StartException e) {
      throw e.isOfAddress()
          ? Listening.refused(address(), e, "--listen")
          : CommandException.failed(Errors.texts(e));
    } catch (IOException | CommandException | JobException e) {
      if (toOthers.isEmpty()) {
        throw e;
      }
      int code = line().getExecutionExceptionHandler().handleExecutionException(e, line(), null);
      ShardStreams.refuse(Listening.at(address()), toOthers.get(), Errors.text(e));
      return code;
    } catch (InterruptedException e) {
      display.print("interrupted while starting");
      return ExitCode.INTERRUPTED;
    } finally {
      beside.ifPresent(Runnable::run);
      serving.allClosed();
    }
  }

  private int run() throws IOException, InterruptedException {
    starter.hold();
    if (linger < 0) {
      throw CommandException.wrongUse("--linger must be at least 0; found " + linger);
    }
    check();
    Gate own = gateOptions.gate(address(), shard().leads() ? workers() : 1);
    Gate gate = open(own, () -> gateOptions.toLead(lead().orElse(address()), own.access()));
    // Before a folder is begun, so that Ctrl-C leaves none.
    AtExit.run(serving::endWithProcess);
    if (isTeamComplete()) {
      serving.expectNoOthers();
    }
    toOthers =
        Optional.of(gate).filter(any -> shard().leads() && shard().count() > 1 && isForOthers());
    resume.check(out);
    if (!shard().leads() && resume.folder().filter(RunFiles::areIn).isEmpty()) {
      return follow(gate);
    }
    new DataOption().countLayers(jobOptions, jobFile);
    Job job = resume.job(jobOptions, jobFile);
    Optional<Outcome.Completed> completed = resume.completed(job);
    if (completed.isPresent()) {
      return leave(job, completed.get(), gate);
    }
    if (!shard().leads()) {
      return follow(gate);
    }
    try {
      ParameterServer.check(job, shard().count(), workers());
    } catch (IllegalArgumentException e) {
      throw CommandException.failed(e.getMessage());
    }
    resume.check(job, shard().count());
    if (!resume.isAsked()) {
      // A folder is not begun for a server that cannot listen.
      Listening.requireFree(address(), "--listen");
    }
    // Displays are closed when the run has all its files: a paused terminal keeps nobody from them.
    FreshFolder fresh = FreshFolder.of(resume.folder().or(() -> out), job.name());
    TrainingNote note = new TrainingNote(job, fresh.path(), command(fresh.path()), false);
    int code;
    try (fresh;
        Listeners shown = new Listeners();
        note) {
      if (isForOthers()) {
        note.begin(headcount.team(workers(), shard().count()));
      }
      code = train(job, fresh, gate, shown);
      if (isForOthers()) {
        note.keep(headcount.team(workers(), shard().count()), code);
      }
    }
    note.hint().ifPresent(display::print);
    return code;
  }

  private int train(Job job, FreshFolder fresh, Gate gate, Listeners shown)
      throws IOException, InterruptedException {
    Observation observation = new Observation(job, shard().count());
    try (LiveView view = display.view().open(observation, gateOptions.doors(ofPage(gate)));
        RunFolder folder =
            resume.isAsked()
                ? RunFolder.resume(fresh.path(), job, starter.found())
                : RunFolder.create(fresh.path(), job, starter.found());
        Listeners all = new Listeners().addKeeping("rows", folder).add(headcount).add(shown)) {
      if (!isForOthers()) {
        fresh.keepLog(); // the parent process logs there, too
      }
      folder.warnBy(all::warned);
      display.begin(nameInLog(), job, folder, resume.isAsked(), observation, view, shown);
      return ExitCode.of(serve(job, folder, gate, observation, all));
    }
  }

  /** Leaves a complete run as it is; workers and shards that come back are told so. */
  private int leave(Job job, Outcome.Completed completed, Gate gate) throws InterruptedException {
    Logging.warningsOnly();
    display.print(resume.nothingLeft(completed));
    if (isForOthers()) {
      TrainingNote.complete(resume.folder().orElseThrow(), false);
    }
    if (shard().leads()) {
      serving.listenAt(Listening.at(address()), port -> {});
      lead(job, gate).runCompleted(completed, serving);
    }
    return ExitCode.of(completed);
  }

  private LeadServing lead(Job job, Gate gate) {
    return new LeadServing(
        job, shard().count(), workers(), Duration.ofSeconds(linger), patience(), gate);
  }

  /** What makes the run again: resuming it does not, but the job in its folder does. */
  private List<String> command(Path folder) {
    List<String> command =
        givenWithout(
            resume.isAsked() ? Set.of("--resume", "--job", "--set", "--out") : Set.of("--out"));
    if (resume.isAsked()) {
      command.addAll(List.of("--job", folder.resolve(RunFiles.JOB).toString()));
    }
    return command;
  }

  private Access ofPage(Gate gate) {
    return isPageOpen ? new Access(gate.access().tls(), Optional.empty()) : gate.access();
  }

  /** Where a shard that does not lead says what is good to know. */
  private void sayAside(String line) {
    if (!display.isQuiet()) {
      System.err.println(line);
    }
  }

  private Outcome serve(
      Job job, RunFolder folder, Gate gate, Observation observation, Listeners all)
      throws IOException, InterruptedException {
    int awaited = Math.max(workers(), job.team().minWorkers());
    observation.gathers(new Figures.Gathering(awaited, Optional.empty()));
    String options = forJoiners(gateOptions, gate.access());
    serving.listenAt(
        Listening.at(address()),
        port -> {
          if (isForOthers()) {
            String command = join(address().withPort(port), options);
            observation.gathers(new Figures.Gathering(awaited, Optional.of(command)));
          }
          listening(port, gate);
        });
    return lead(job, gate).run(folder, resume.isAsked(), serving, observation.traffic(), all);
  }

  /** Serves a shard that does not lead. */
  private int follow(Gate gate) throws IOException, InterruptedException {
    HostAndPort at =
        lead()
            .orElseThrow(
                () -> CommandException.wrongUse("a shard other than 0 needs --lead HOST:PORT"));
    Optional<Path> own = resume.folder().or(() -> out);
    if (own.isPresent()) {
      RunFiles.requireRunOrFree(own.get());
    }
    Traffic traffic = new Traffic();
    Closeable lock =
        own.isPresent() && isForOthers() ? RunFiles.lock(own.get(), shard()) : () -> {};
    try (lock;
        LiveView view = display.view().open(traffic, gateOptions.doors(gate.access()));
        Listeners log = new Listeners().addTelling("log", new LoggingListener())) {
      view.say(line -> sayAside(line));
      Logging.toStandardError(nameInLog(), display.logs().format());
      var leadAt =
          new LeadAt(
              at.host(),
              at.port(),
              gateOptions.toLead(at, gate.access()),
              patience(),
              () -> sayAside("waiting for shard 0 at " + at),
              this::advertised);
      serving.listenAt(Listening.at(address()), port -> listening(port, gate));
      Optional<Path> checkpoints = own.map(folder -> folder.resolve(RunFiles.CHECKPOINTS));
      if (checkpoints.isEmpty()) {
        sayAside(
            "warning: without --out DIR this shard keeps no checkpoints; if it dies, the job starts over");
      }
      var follower =
          new FollowerServing(
              shard(), leadAt, gate, Duration.ofSeconds(linger), checkpoints, traffic);
      return ExitCode.of(follower.run(serving, log));
    }
  }

  private void listening(int port, Gate gate) {
    HostAndPort bound = address().withPort(port);
    beside = Optional.of(startBeside(serving::fail));
    starter.announce(bound);
    if (isForOthers() && !starter.isAnnounced()) {
      String command = join(bound, forJoiners(gateOptions, gate.access()));
      display.print(
          "listening on %s; %s"
              .formatted(
                  bound,
                  shard().leads()
                      ? "start " + joiners() + " with: " + command
                      : "shard " + shard()));
    }
  }

  /** Whether workers come from elsewhere, not from the process that has started this one. */
  final boolean isForOthers() {
    return starter.isAlone();
  }

  /** Where workers reach this shard; "" if they have to be told. */
  final String advertised(int port) {
    boolean isEverywhere = Listening.at(address()).getAddress().isAnyLocalAddress();
    return advertise
        .or(() -> isEverywhere ? Optional.empty() : Optional.of(address().withPort(port)))
        .map(HostAndPort::toString)
        .orElse("");
  }

  String joiners() {
    return "workers";
  }

  /** What else they have to be started with. */
  String forJoiners(GateOptions options, Access access) {
    return options.forWorkers(access);
  }

  /** The command that starts one of them. */
  String join(HostAndPort bound, String options) {
    return "cordee worker --server " + bound + options;
  }
}
