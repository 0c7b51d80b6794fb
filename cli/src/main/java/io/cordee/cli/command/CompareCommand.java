package io.cordee.cli.command;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.Version;
import io.cordee.cli.compare.ComparisonRun;
import io.cordee.cli.console.Console;
import io.cordee.cli.file.FreshFolder;
import io.cordee.cli.option.DataOption;
import io.cordee.cli.option.JobOptions;
import io.cordee.cli.option.TargetsOption;
import io.cordee.cli.option.ThreadsOption;
import io.cordee.common.job.Batch;
import io.cordee.common.job.Job;
import io.cordee.common.job.LocalSteps;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.run.Measure;
import io.cordee.experiment.compare.Comparison;
import io.cordee.experiment.compare.Tuning;
import io.cordee.experiment.grid.Axis;
import io.cordee.experiment.grid.Budget;
import io.cordee.experiment.grid.Grid;
import io.cordee.experiment.grid.Planner;
import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.grid.Presets;
import io.cordee.experiment.run.RunNote;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.data.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "compare",
    description = {
      "Trains every combination of values and seeds, and compares the results.",
      "Runs go one after another; each has a run folder, and results.csv and report.html cover all."
    },
    footer = {
      "",
      "Examples:",
      "  cordee compare --vary optimizer=gd,adam,rprop --seeds 5",
      "  cordee compare examples/fashion-mnist.yaml --vary optimizer=adam,rprop --vary batch=full,4096,256 \\",
      "    --seeds 3 --budget rows=3M --out runs/batches",
      "  cordee compare job.yaml --vary optimizer=gd,momentum --tune learning_rate=1e-3..1:log",
      "",
      "To continue an interrupted comparison, give the same command with the same --out:",
      "finished cells are kept if their job is the same, others start over. Cells that diverge are",
      "results, too.",
      "",
      "An optimizer's settings come from the first of these that has them: --vary, --tune, --set, --preset FILE,",
      "the job file for its own optimizer (the Rprop family shares them), Cordee's presets. The report shows",
      "which; see docs/experiments.md.",
      "",
      "Small jobs, of at most 65,536 parameters, are trained in this process, larger ones by a team of processes as with cordee train; --in-process and --processes override this. The digests are the same.",
      "",
      "Exit codes: 0 all cells ran, 1 some could not run (or all diverged), 2 wrong use,",
      "130 interrupted."
    })
public final class CompareCommand extends CordeeCommand {

  private static final int SMALL = 65_536;
  private static final int TEAM = 4;
  private static final String BUILT_IN = "built-in";

  private enum TuneBy {
    LOSS(Measure.LOSS),
    VALIDATION(Measure.VALIDATION_LOSS),
    ACCURACY(Measure.TEST_ACCURACY);

    private final Measure measure;

    TuneBy(Measure measure) {
      this.measure = measure;
    }
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "JOB.yaml",
      description = "The job to train (default: the built-in digits job).")
  private Optional<Path> jobFile = Optional.empty();

  @Option(
      names = "--vary",
      paramLabel = "KEY=V,V",
      description =
          "A key of the job, as for --set, and its values; optimizer is short for optimizer.name. May be repeated: all combinations are run.")
  private List<String> vary = new ArrayList<>();

  @Option(
      names = "--seeds",
      paramLabel = "N|A..B",
      defaultValue = "1",
      description =
          "Seeds 1 to N, or A to B, of the first weights and the batches (default: ${DEFAULT-VALUE}).")
  private String seeds;

  @Option(
      names = "--budget",
      paramLabel = "UNIT=N",
      description =
          "What each cell may spend: rounds=200, rows=3M, bytes=500MB or seconds=60 (default: the job's stop). Other stop conditions still apply.")
  private Optional<String> budget = Optional.empty();

  @Mixin private JobOptions jobOptions;

  @Option(
      names = "--preset",
      paramLabel = "FILE",
      description =
          "Settings for optimizers, instead of the job's and Cordee's presets; built-in uses Cordee's presets instead of the job's.")
  private Optional<Path> preset = Optional.empty();

  @Option(
      names = "--tune",
      paramLabel = "KEY=A..B",
      description =
          "Find the best of 7 values of an optimizer's setting, on the first seed, for each combination whose optimizer has it: learning_rate=1e-4..1e-1. Append :log for even ratios (default) or :linear for even steps, then :5 for 5 values. May be repeated: of more than 7 combinations, the better third is tried again, each time for longer.")
  private List<String> tune = new ArrayList<>();

  @Option(
      names = "--tune-by",
      paramLabel = "WHAT",
      defaultValue = "loss",
      description =
          "loss of the training rows, validation (the loss of the validation rows), or accuracy on the test rows (default: loss).")
  private TuneBy tuneBy;

  @Option(
      names = "--tune-share",
      paramLabel = "S",
      defaultValue = "0.25",
      description = "The share of the budget for the longest trials (default: ${DEFAULT-VALUE}).")
  private double tuneShare;

  @Mixin private TargetsOption targets;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Workers (default: 4 processes; within this process 1).")
  private Optional<Integer> workersOption = Optional.empty();

  @Mixin private ThreadsOption threads;

  @Mixin private DataOption data;

  @Option(names = "--in-process", description = "Train in this process, whatever the size.")
  private boolean isInProcess;

  @Option(names = "--processes", description = "Train with processes, whatever the size.")
  private boolean isByProcesses;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder of the comparison (default: runs/<time>-<job name>-compare).")
  private Optional<Path> out = Optional.empty();

  @Override
  public Integer call() throws IOException {
    check();
    data.root();
    if (out.isPresent()) {
      Comparison.requireFree(out.get());
    }
    Grid grid = new Grid(vary.stream().map(Axis::parse).toList(), Grid.seeds(seeds));
    Console console = Console.standard();
    data.countLayers(jobOptions, jobFile, console::print);
    Job job = jobOptions.readBesideOptimizers(jobFile);
    Optional<Path> dataFolder = data.path(job, jobFile.stream().toList());
    Path root = dataFolder.orElse(DataFolder.DEFAULT_ROOT);
    long rows = DataOption.reading(job, root, console::print, () -> trainRows(job, root, console));
    Budget spends = budget.map(Budget::parse).orElse(Budget.OF_JOB);
    Optional<Presets> presets =
        preset.map(
            file -> file.toString().equals(BUILT_IN) ? Presets.builtIn() : Presets.read(file));
    int most = workersOption.orElse(TEAM);
    Planner planner = planner(grid, spends, presets, rows, most);
    boolean isHere =
        isInProcess || !isByProcesses && planner.plan().stream().allMatch(this::isSmall);
    int workers = workersOption.orElse(isHere ? 1 : TEAM);
    if (workers != most) {
      planner = planner(grid, spends, presets, rows, workers);
    }
    RunNote.Team team =
        new RunNote.Team(workers, threads.count(workers), 1, isHere ? "one process" : "processes");
    lookAtData(planner.plan(), dataFolder, console);
    try (FreshFolder folder = FreshFolder.of(out, job.name() + "-compare")) {
      Comparison.Setup setup =
          new Comparison.Setup(
              job.name(),
              folder.path(),
              planner,
              tuning(),
              targets.targets(),
              givenWithout(Set.of("--out")),
              Version.text(),
              team);
      return new ComparisonRun(setup, dataFolder, root, data.cache()).run();
    }
  }

  private void check() {
    CommandException.requireRange("--workers", workersOption.orElse(1), 1, 256);
    if (isInProcess && isByProcesses) {
      throw CommandException.wrongUse("--in-process and --processes: give only one of them");
    }
    if (!(tuneShare > 0 && tuneShare <= 1)) {
      throw CommandException.wrongUse(
          "--tune-share must be above 0, and at most 1; found " + tuneShare);
    }
  }

  private Planner planner(
      Grid grid, Budget budget, Optional<Presets> presets, long rows, int workers) {
    return new Planner(
        new Planner.Origin(jobFile, jobOptions.overrides(), presets, budget, rows, workers), grid);
  }

  private boolean isSmall(Planned planned) {
    return planned.job().model().layout().parameters() <= SMALL;
  }

  private Optional<Tuning> tuning() {
    if (tune.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Tuning(tune.stream().map(Axis::range).toList(), tuneBy.measure, tuneShare));
  }

  private long trainRows(Job job, Path root, Console console) {
    return new HeldRows(job, DataFolder.rootsFor(job, root), data.cache().cache(console::print))
        .counts()
        .train();
  }

  /** What the data have to fit, of which cells may vary everything. */
  private static List<Object> fit(Job job) {
    ModelSpec model = job.model();
    int batch = job.batch() instanceof Batch.Rows some ? some.rows() : 0;
    int local = job.local().map(LocalSteps::batch).orElse(0);
    return List.of(
        job.data(),
        model.inputs(),
        model.outputs(),
        model.hasProbabilities(),
        job.partitions(),
        batch,
        local);
  }

  private void lookAtData(List<Planned> cells, Optional<Path> root, Console console) {
    Set<List<Object>> seen = new HashSet<>();
    cells.stream()
        .map(Planned::job)
        .filter(job -> seen.add(fit(job)))
        .forEach(job -> data.look(job, root, Optional.empty(), console::print));
  }
}
