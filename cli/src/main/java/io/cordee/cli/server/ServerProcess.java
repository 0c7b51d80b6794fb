package io.cordee.cli.server;

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
import io.cordee.cli.option.LiveView;
import io.cordee.cli.option.ResumeOption;
import io.cordee.cli.option.ServerOptions;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.server.assembly.FinishedRole;
import io.cordee.server.assembly.FollowerRole;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.grpc.Declined;
import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Observation;
import io.cordee.server.observe.Traffic;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.RunFolder;
import io.cordee.server.serving.JobServer;
import io.cordee.server.serving.StartException;
import io.cordee.server.training.Outcome;
import io.cordee.worker.data.RowCache;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/** A process that serves a job, or a shard of it, from its command line to its exit code. */
public final class ServerProcess {

  private final CordeeCommand command;
  private final ServerOptions options;
  private final TeamMember member;
  private final int shards;
  private final JobServer server = new JobServer();

  /** True if workers come from elsewhere, not from the process that has started this one. */
  private final boolean isForOthers;

  /** What runs beside the server; closes it. */
  private Optional<Runnable> beside = Optional.empty();

  /** True if other shards may wait for this one. */
  private boolean isAwaited;

  public ServerProcess(CordeeCommand command, ServerOptions options, TeamMember member) {
    this.command = command;
    this.options = options;
    this.member = member;
    this.shards = member.shard().count();
    this.isForOthers = options.starter().isAlone();
  }

  /** Returns the exit code of the command. */
  public int run() throws Exception {
    try {
      return serve();
    } catch (StartException e) {
      throw e.isOfAddress()
          ? Listening.refused(member.address(), e, "--listen")
          : CommandException.failed(Errors.texts(e));
    } catch (IOException | CommandException | JobException e) {
      if (!isAwaited) {
        throw e;
      }
      int code = command.failed(e);
      Declined.shards(Listening.at(member.address()), member.gate(), Errors.text(e));
      return code;
    } catch (InterruptedException e) {
      options.display().print("interrupted while starting");
      return ExitCode.INTERRUPTED;
    } finally {
      beside.ifPresent(Runnable::run);
      server.allClosed();
    }
  }

  private int serve() throws IOException, InterruptedException {
    options.check();
    // Before a folder is begun, so that Ctrl-C leaves none.
    AtExit.run(server::endWithProcess);
    if (member.isTeamComplete() || !isForOthers) {
      server.expectNoOthers();
    }
    boolean leads = member.shard().leads();
    isAwaited = leads && shards > 1 && isForOthers;
    if (leads || options.resume().folder().filter(RunFiles::areIn).isPresent()) {
      new DataOption().countLayers(options.changes(), options.jobFile(), options.display()::print);
      Job job = options.resume().job(options.changes(), options.jobFile());
      Optional<Outcome.Completed> completed = options.resume().completed(job);
      if (completed.isPresent()) {
        return leave(job, completed.get());
      }
      if (leads) {
        return lead(job);
      }
    }
    return follow();
  }

  private void listenAt(IntConsumer listening) {
    server.listenAt(Listening.at(member.address()), member.gate(), options.linger(), listening);
  }

  private void listening(int port) {
    HostAndPort bound = member.address().withPort(port);
    beside = Optional.of(member.beside().start(server::fail));
    options.starter().announce(bound);
    if (isForOthers && !options.starter().isAnnounced()) {
      options
          .display()
          .print(
              "listening on %s; %s"
                  .formatted(
                      bound,
                      member.shard().leads()
                          ? "start " + member.joiners() + " with: " + member.join().apply(bound)
                          : "shard " + member.shard()));
    }
  }

  /** Leaves a complete run as it is; workers and shards that come back are told so. */
  private int leave(Job job, Outcome.Completed completed) throws IOException, InterruptedException {
    Logging.warningsOnly();
    options.display().print(options.resume().nothingLeft(completed, job));
    if (isForOthers) {
      TrainingNote.complete(options.folder().orElseThrow(), false, RowCache.NONE);
    }
    if (member.shard().leads()) {
      listenAt(port -> {});
      try {
        server.run(new FinishedRole(job, shards, completed));
      } catch (StartException e) {
        // Another server listens there: nobody can be told, which is all that was left to do.
        return ExitCode.of(completed);
      }
    }
    return ExitCode.of(completed);
  }

  // ---- as the only server, or shard 0 of several ----

  private int lead(Job job) throws IOException, InterruptedException {
    ResumeOption resume = options.resume();
    try {
      LeadRole.check(job, shards, member.workers());
    } catch (IllegalArgumentException e) {
      throw CommandException.failed(e.getMessage());
    }
    resume.check(job, shards);
    if (!resume.isAsked()) {
      // A folder is not begun for a server that cannot listen.
      Listening.requireFree(member.address());
    }
    FreshFolder fresh = FreshFolder.of(options.folder(), job.name());
    Optional<TrainingNote> note = Optional.empty();
    if (isForOthers) {
      note =
          Optional.of(
              new TrainingNote(job, fresh.path(), again(fresh.path()), false, RowCache.NONE));
    } else {
      fresh.keepLog(); // the parent process logs there, too
    }
    WorkerCount headcount = new WorkerCount();
    return new ShownRun(
            member.name(),
            job,
            shards,
            options.starter().found(),
            resume.isAsked(),
            options.display(),
            options.doors(member.gate().access()))
        .train(
            fresh,
            note,
            () -> headcount.team(member.workers(), shards),
            headcount,
            (folder, observation, listeners) -> lead(job, folder, observation, listeners));
  }

  private Outcome lead(Job job, RunFolder folder, Observation observation, Listeners listeners)
      throws InterruptedException {
    int awaited = Math.max(member.workers(), job.team().minWorkers());
    observation.gathers(new Figures.Gathering(awaited, Optional.empty()));
    listenAt(
        port -> {
          if (isForOthers) {
            String join = member.join().apply(member.address().withPort(port));
            observation.gathers(new Figures.Gathering(awaited, Optional.of(join)));
          }
          listening(port);
        });
    return server.run(
        new LeadRole(
            job,
            shards,
            member.workers(),
            Optional.of(folder),
            options.resume().isAsked(),
            member.patience(),
            observation.traffic(),
            listeners));
  }

  /** Returns what makes the run again: resuming it does not, but the job in its folder does. */
  private List<String> again(Path folder) {
    if (!options.resume().isAsked()) {
      return command.givenWithout(Set.of("--out"));
    }
    List<String> again =
        new ArrayList<>(command.givenWithout(Set.of("--resume", "--job", "--set", "--out")));
    again.addAll(List.of("--job", folder.resolve(RunFiles.JOB).toString()));
    return again;
  }

  // ---- as another shard ----

  private int follow() throws IOException, InterruptedException {
    HostAndPort lead =
        member
            .lead()
            .orElseThrow(
                () -> CommandException.wrongUse("a shard other than 0 needs --lead HOST:PORT"));
    Optional<Path> folder = options.folder();
    if (folder.isPresent()) {
      RunFiles.requireRunOrFree(folder.get());
    }
    Optional<LastWord> word = folder.map(path -> LastWord.in(path, member.shard()));
    Duration patience = member.patience();
    Dial dial =
        new Dial(lead.host(), lead.port(), options.gate().toLead(lead, member.gate().access()));
    if (word.filter(LastWord::isThere).isPresent() && isForOthers) {
      Duration look = patience.compareTo(LastWord.LOOK) < 0 ? patience : LastWord.LOOK;
      say(
          "its job was complete; looking for shard 0 at %s for %d s"
              .formatted(lead, look.toSeconds()));
      Optional<String> end = word.get().ifGone(dial, look);
      if (end.isPresent()) {
        options
            .display()
            .print(
                "nothing is left to train for shard %s: %s; shard 0 is gone (looked for it at %s for %d s): start it first to train further"
                    .formatted(member.shard(), end.get(), lead, look.toSeconds()));
        return ExitCode.DONE;
      }
    }
    Traffic traffic = new Traffic();
    Closeable lock = lock(folder);
    try (lock;
        LiveView view =
            options.display().view().open(traffic, options.doors(member.gate().access()));
        Listeners log = new Listeners().addTelling("log", new LoggingListener())) {
      view.say(this::say);
      Logging.toStandardError(member.name(), options.display().logs().format());
      listenAt(
          port -> {
            word.ifPresent(LastWord::forget);
            listening(port);
          });
      if (folder.isEmpty()) {
        say(
            "warning: without --out DIR this shard keeps no checkpoints; if it dies, the job starts"
                + " over");
      }
      long seconds = patience.toSeconds();
      Outcome outcome =
          server.run(
              new FollowerRole(
                  member.shard(),
                  dial,
                  patience,
                  why -> say("waiting for shard 0 for %d s: %s".formatted(seconds, why)),
                  port -> options.advertised(member.address().withPort(port)),
                  folder.map(path -> path.resolve(RunFiles.CHECKPOINTS)),
                  traffic,
                  log));
      word.filter(its -> isForOthers).ifPresent(its -> its.keep(outcome));
      return ExitCode.of(outcome);
    }
  }

  /** The parent process of a shard that has one uses the folder alone. */
  private Closeable lock(Optional<Path> folder) throws IOException {
    return folder.isPresent() && isForOthers
        ? RunFiles.lock(folder.get(), member.shard())
        : () -> {};
  }

  private void say(String line) {
    if (!options.display().isQuiet()) {
      (Logging.printsJson() ? Logging.out() : System.err).println(line);
    }
  }
}
