package io.cordee.cli.command;

import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.file.FreshFolder;
import io.cordee.cli.file.TrainingNote;
import io.cordee.cli.option.DataOption;
import io.cordee.cli.option.DisplayOptions;
import io.cordee.cli.option.FunctionOption;
import io.cordee.cli.option.ResumeOption;
import io.cordee.cli.option.ThreadsOption;
import io.cordee.cli.option.TrainingOptions;
import io.cordee.cli.option.ViewOptions;
import io.cordee.cli.server.ShownRun;
import io.cordee.cli.team.InProcessTeam;
import io.cordee.cli.team.ProcessTeam;
import io.cordee.cli.team.TeamSetup;
import io.cordee.common.job.Job;
import io.cordee.experiment.run.RunNote;
import io.cordee.server.observe.Figures;
import io.cordee.server.run.RunFiles;
import io.cordee.server.serving.JobServer;
import io.cordee.server.serving.StartException;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.process.FunctionProcesses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "train",
    description = {
      "Trains with a team of processes on this machine: one server, some workers.",
      "Without a job file: a 64-32-10 network on the digits that ship with Cordee."
    },
    footer = {
      "",
      "Examples:",
      "  cordee train",
      "  cordee train examples/fashion-mnist.yaml --workers 2",
      "  cordee train --optimizer adam --set optimizer.learning_rate=0.01 --rounds 200",
      "  cordee train --ui examples/fashion-mnist.yaml     (watch it at http://127.0.0.1:7312)",
      "  cordee train --resume runs/last",
      "  cordee train --shards each examples/fashion-mnist.yaml     (every worker owns a part of"
          + " the parameters)",
      "  cordee train --in-process examples/classics/encoder-10-5-10.yaml",
      "  cordee train --tensorboard events     (then: tensorboard --logdir events)",
      "",
      "The run folder gets job.yaml (the job, every default written out), metrics.csv (a row per"
          + " round), checkpoints, model.safetensors, run.log and, unless interrupted, report.html"
          + " and run.json. The digests do not depend on the number of workers, threads or shards,"
          + " unless the job has mode async.",
      "",
      "Data files are looked for in --data or, without it, where the job's earlier run found them,"
          + " in ./data, then beside the job file.",
      "",
      "The processes talk over the loopback interface only, and share a token made for the run.",
      "With --in-process, server and workers are threads of this process instead, for jobs so"
          + " small",
      "that processes cost more than the training. Folder, output and digests are the same."
    })
public final class TrainCommand extends CordeeCommand {

  private static final int DEFAULT_WORKERS = 4;
  private static final int MOST_SHARDS = 256;

  /** Every worker is a shard as well. */
  private static final String EACH = "each";

  @Parameters(
      arity = "0..1",
      paramLabel = "JOB.yaml",
      description = "The job to train (default: the built-in digits job).")
  private Optional<Path> jobFile = Optional.empty();

  @Mixin private TrainingOptions jobOptions;

  @Mixin private DataOption data;

  @Mixin private ThreadsOption threads;

  @Mixin private FunctionOption function;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Worker processes (default: 4; with --in-process: 1).")
  private Optional<Integer> workersOption = Optional.empty();

  @Option(
      names = "--in-process",
      description = "Run the server and the workers in this process, for small jobs.")
  private boolean isInProcess;

  @Option(
      names = "--shards",
      paramLabel = "S|each",
      defaultValue = "1",
      description =
          "Server processes that share the parameter vector (default: ${DEFAULT-VALUE}), at most"
              + " one for each chunk of it. each: no server; every worker owns a part of the vector"
              + " as well.")
  private String shardsOption;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run folder (default: runs/<time>-<job name>).")
  private Optional<Path> out = Optional.empty();

  @Mixin private ResumeOption resume;

  @Mixin private DisplayOptions display;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<FunctionProcesses> processes = function.processes();
    try {
      return train(processes);
    } finally {
      processes.ifPresent(FunctionProcesses::close);
    }
  }

  private int train(Optional<FunctionProcesses> processes)
      throws IOException, InterruptedException {
    int workers = workersOption.orElse(isInProcess ? 1 : DEFAULT_WORKERS);
    CommandException.requireRange("--workers", workers, 1, 256);
    boolean arePeers = shardsOption.equals(EACH);
    int shards = arePeers ? workers : shards();
    if (isInProcess && (arePeers || shards > 1)) {
      throw CommandException.wrongUse(
          "--in-process is one server in one process, for small jobs; found --shards "
              + shardsOption
              + "; give only one of them");
    }
    int threadCount = threads.count(workers);
    resume.check(out);
    data.countLayers(jobOptions, jobFile, display::print);
    Job job = resume.job(jobOptions, jobFile);
    Optional<Outcome.Completed> completed = resume.completed(job);
    if (completed.isPresent()) {
      // It stays as it is, whether or not there are data and workers.
      display.print(resume.nothingLeft(completed.get(), job));
      TrainingNote.complete(resume.folder().orElseThrow(), true, data.cache().cache(line -> {}));
      return 0;
    }
    data.root();
    display.view().requireThisMachine();
    resume.check(job, shards);
    if (workers < job.team().minWorkers()) {
      throw CommandException.wrongUse(
          "--workers must be at least team.min_workers, which is %s; found %s"
              .formatted(job.team().minWorkers(), workers));
    }
    Optional<Path> dataFolder = data.path(job, resume.jobFiles(jobFile));
    if (out.isPresent()) {
      RunFiles.requireFree(out.get()); // a run that is there already is not to be touched
    }
    HeldRows rows = data.look(job, dataFolder, processes, display::print);
    resume.check(rows.columns());
    FreshFolder fresh = FreshFolder.of(resume.folder().or(() -> out), job.name());
    Path folder = fresh.path();
    String place = isInProcess ? "one process" : arePeers ? "equal processes" : "processes";
    RunNote.Team members = new RunNote.Team(workers, threadCount, shards, place);
    TrainingNote note =
        new TrainingNote(
            job,
            folder,
            command(folder, dataFolder, workers, threadCount),
            true,
            data.cache().cache(line -> {}));
    if (isInProcess) {
      return trainHere(
          job, dataFolder.orElse(DataFolder.DEFAULT_ROOT), processes, fresh, note, members);
    }
    note.begin(members);
    List<String> forWorkers = new ArrayList<>(data.cache().arguments());
    forWorkers.addAll(function.arguments());
    List<String> forLead = display.forLead();
    forLead.addAll(DataOption.forServer(job, dataFolder));
    TeamSetup setup =
        new TeamSetup(
            jobFile,
            jobOptions.overrides(),
            folder,
            resume.isAsked(),
            DataFolder.rootsFor(job, dataFolder.orElse(DataFolder.DEFAULT_ROOT)),
            forWorkers,
            arePeers,
            shards,
            workers,
            threadCount,
            forLead,
            display.logs().arguments(),
            job,
            display.isQuiet() ? TeamSetup.Printing.FAILURES : TeamSetup.Printing.USUAL);
    try (fresh;
        note;
        ProcessTeam team = new ProcessTeam(setup, fresh::close)) {
      int code = team.run();
      if (team.pointsToLog()) {
        fresh.keepLog();
      }
      int kept = team.hasBegun() ? note.keep(members, code) : code;
      display.printOrGiveUp(note.lastLines());
      return kept;
    }
  }

  private int trainHere(
      Job job,
      Path root,
      Optional<FunctionProcesses> processes,
      FreshFolder fresh,
      TrainingNote note,
      RunNote.Team members)
      throws IOException {
    JobServer server = new JobServer();
    InProcessTeam team =
        new InProcessTeam(
            job,
            members.workers(),
            members.threads(),
            root,
            data.cache().cache(display::print),
            processes,
            server);
    // Before a folder is begun, so that Ctrl-C leaves none.
    AtExit.run(
        () -> {
          if (!server.endWithProcess() && !note.hasEnded()) {
            System.err.println("the run was not saved in time");
          }
        });
    boolean isResumed = resume.isAsked();
    try {
      return new ShownRun("train", job, 1, team.found(), isResumed, display, ViewOptions.Doors.OPEN)
          .train(
              fresh,
              Optional.of(note),
              () -> members,
              new TrainingListener() {},
              (folder, observation, listeners) -> {
                observation.gathers(new Figures.Gathering(members.workers(), Optional.empty()));
                return team.run(folder, isResumed, listeners, observation.traffic());
              });
    } catch (IllegalArgumentException | StartException e) {
      throw CommandException.failed(e.getMessage());
    } catch (InterruptedException e) {
      display.print("interrupted while starting");
      return ExitCode.INTERRUPTED;
    } finally {
      server.allClosed();
    }
  }

  private int shards() {
    try {
      int shards = Integer.parseInt(shardsOption);
      CommandException.requireRange("--shards", shards, 1, MOST_SHARDS);
      return shards;
    } catch (NumberFormatException e) {
      throw CommandException.wrongUse("--shards is a number or each; found '" + shardsOption + "'");
    }
  }

  /** What makes the run again: resuming it does not, but the job in its folder does. */
  private List<String> command(
      Path folder, Optional<Path> dataFolder, int workers, int threadCount) {
    if (!resume.isAsked()) {
      return givenWithout(Set.of("--out"));
    }
    List<String> command =
        new ArrayList<>(List.of("train", folder.resolve(RunFiles.JOB).toString()));
    dataFolder.ifPresent(path -> command.addAll(List.of("--data", path.toString())));
    command.addAll(data.cache().arguments());
    command.addAll(function.arguments());
    if (isInProcess) {
      command.add("--in-process");
    }
    command.addAll(List.of("--workers", Integer.toString(workers)));
    command.addAll(List.of("--threads", Integer.toString(threadCount)));
    if (!shardsOption.equals("1")) {
      command.addAll(List.of("--shards", shardsOption));
    }
    return command;
  }
}
