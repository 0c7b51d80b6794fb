package io.cordee.cli;

import io.cordee.cli.team.LocalTeam;
import io.cordee.cli.team.TeamSetup;
import io.cordee.common.job.Job;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains with a team of processes on this machine. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Trains with a team of processes on this machine: one server, some workers.",
      "Without a job file: a 64-32-10 network on the digits that ship with Cordee."
    },
    footer = {
      "",
      "Examples:",
      "  cordee train",
      "  cordee train examples/fashion-mnist.yaml --workers 2",
      "  cordee train --set rule.name=adam --set rule.learning_rate=0.01 --set stop.rounds=200",
      "  cordee train --ui examples/fashion-mnist.yaml     (watch it at http://127.0.0.1:7312)",
      "  cordee train --resume runs/20261124-090000-digits",
      "",
      "The run folder gets job.yaml (the job, every default written out), metrics.csv (a row per round),",
      "checkpoints, model.safetensors and run.log. The digests do not depend on the number of workers, threads or shards,",
      "unless the job has a lossy uplink (bfloat16, int8) or mode async.",
      "",
      "The processes speak on the loopback interface alone, and share a token that is made for the run."
    })
final class TrainCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "JOB.yaml",
      description = "What to train; the built-in digits job if there is none.")
  private Optional<Path> jobFile = Optional.empty();

  @Mixin private JobOptions jobOptions;

  @Mixin private DataOption data;

  @Mixin private ThreadsOption threads;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "4",
      description = "Worker processes (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--shards",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "Server processes that share the parameter vector (default: ${DEFAULT-VALUE}); at most one for each chunk of 65,536 parameters.")
  private int shards;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run folder (default: runs/<time>-<job name>).")
  private Optional<Path> out = Optional.empty();

  @Mixin private ResumeOption resume;

  @Mixin private ViewOptions view;

  @Option(names = "--quiet", description = "Print nothing but errors.")
  private boolean isQuiet;

  @Override
  public Integer call() throws InterruptedException {
    if (workers < 1 || workers > 256) {
      throw CommandException.wrongUse("--workers must be 1 to 256; found " + workers);
    }
    if (shards < 1 || shards > 256) {
      throw CommandException.wrongUse("--shards must be 1 to 256; found " + shards);
    }
    int threadCount = threads.count(workers);
    data.root();
    view.requireThisMachine();
    resume.check(out);
    Job job = resume.job(jobOptions, jobFile);
    resume.check(job, shards);
    if (workers < job.team().minWorkers()) {
      throw CommandException.wrongUse(
          "the job waits for team.min_workers, "
              + job.team().minWorkers()
              + ", so that --workers must be at least as many; found "
              + workers);
    }
    Path folder = resume.folder().or(() -> out).orElseGet(() -> RunFolders.fresh(job));
    TeamSetup setup =
        new TeamSetup(
            jobFile,
            jobOptions.overrides(),
            folder,
            resume.isAsked(),
            data.path(),
            shards,
            workers,
            threadCount,
            view.arguments(),
            isQuiet);
    try (LocalTeam team = new LocalTeam(setup)) {
      return team.run();
    } catch (IOException e) {
      throw CommandException.failed(Errors.text(e));
    }
  }
}
