package io.cordee.bench.chaos;

import io.cordee.bench.Temporary;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CommandLines;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.common.job.Job;
import io.cordee.server.assembly.LeadRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cordee chaos",
    description = {
      "Attacks a job with everything that may go wrong, and checks that the result is that of a quiet run.",
      "Real processes are killed, stopped and started again, connections cut and held up, checkpoints torn."
    },
    footer = {
      "",
      "Each job runs until all events have happened, and a little longer. Then it is run again for as",
      "many rounds by one server and one worker, undisturbed. Every row of the metrics and",
      "the model must be the same to the last bit, and no process may be left.",
      "",
      "Examples:",
      "  cordee chaos",
      "  cordee chaos --events 300 --shards 3 --workers 4 --optimizers rprop",
      "  cordee chaos examples/fashion-mnist.yaml --shards 1",
      "  cordee chaos --shards each --workers 4",
      "",
      "Exit codes: 0 the same bits, 1 not, 2 wrong use."
    })
public final class ChaosCommand extends CordeeCommand {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final List<String> OPTIMIZERS = List.of("rprop", "adam", "quickprop", "local");

  @Parameters(
      arity = "0..1",
      paramLabel = "JOB.yaml",
      description =
          "The job; when it stops is decided here. Without one: a 64-512-256-10 network on the digits, 128 rows a round.")
  private Optional<Path> jobFile = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "The seed of the events: the same seed, the same events (default: a random one).")
  private long seed = ThreadLocalRandom.current().nextInt(1_000_000);

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "100",
      description = "Events per job (default: ${DEFAULT-VALUE}).")
  private int events;

  @Option(
      names = "--shards",
      paramLabel = "S|each",
      defaultValue = "2",
      description =
          "Server processes that share the vector (default: ${DEFAULT-VALUE}). each: no server; every worker owns a part of the vector as well.")
  private String shardsOption;

  @Option(
      names = "--workers",
      paramLabel = "W",
      defaultValue = "3",
      description =
          "Worker processes at first (default: ${DEFAULT-VALUE}); there may be one to W + 2.")
  private int workers;

  @Option(
      names = "--optimizers",
      paramLabel = "OPTIMIZER,OPTIMIZER",
      hideParamSyntax = true,
      split = ",",
      description =
          "A job for each of these optimizers, or local for local steps (default: rprop,adam,quickprop,local; with a job file its own).")
  private List<String> optimizers = List.of();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The folder with the job's files (default: ./data).")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "180",
      description = "Fail if no round is gained for this long (default: ${DEFAULT-VALUE}).")
  private int patience;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Keep all files and logs there (default: runs/<time>-chaos, kept if it fails).")
  private Optional<Path> out = Optional.empty();

  private ChaosCommand() {}

  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  static int execute(String... arguments) {
    return CommandLines.of(new ChaosCommand()).execute(arguments);
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    int shards = shards();
    if (events < 1 || workers < 1 || shards < 1 || patience < 1) {
      throw CommandException.wrongUse(
          "--events, --workers, --shards and --patience must be at least 1");
    }
    if (optimizers.stream().anyMatch(String::isBlank)) {
      throw CommandException.wrongUse(
          "--optimizers has a name that is empty; cordee optimizers lists them");
    }
    Map<String, Job> jobs = jobs();
    jobs.values().forEach(job -> check(job, shards));
    Path folder = out.orElseGet(() -> Path.of("runs", LocalDateTime.now().format(TIME) + "-chaos"));
    if (Files.exists(folder)) {
      throw CommandException.wrongUse(folder + " already exists; choose another --out");
    }
    // On Ctrl-C, for example, a suspended process would stay so for ever.
    Runtime.getRuntime().addShutdownHook(new Thread(ChaosCommand::killAll, "kill-all"));
    print(
        arePeers()
            ? "seed %s, %s events a job, %s peers".formatted(seed, events, workers)
            : "seed %s, %s events a job, %s shards, %s workers"
                .formatted(seed, events, shards, workers));
    Map<String, Trial.Result> results = new LinkedHashMap<>();
    for (Map.Entry<String, Job> job : jobs.entrySet()) {
      String optimizer = job.getKey();
      Setup setup = setup(job.getValue(), folder.resolve(optimizer), shards);
      try {
        results.put(optimizer, new Trial(setup, line -> print(optimizer + " " + line)).run());
      } catch (Deviation e) {
        print(optimizer + " " + "FAILED: " + e.getMessage());
        print("events.log and the logs of all processes are kept in " + setup.folder());
        print("again: " + again(optimizer));
        return 1;
      }
      print(optimizer + " same digests in all rows, same model, nobody left");
    }
    Summary.lines(results).forEach(this::print);
    if (out.isEmpty()) {
      new Temporary(folder).close();
    }
    return 0;
  }

  private static void killAll() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /** By their names in {@code --optimizers}. */
  private Map<String, Job> jobs() {
    Map<String, Job> jobs = new LinkedHashMap<>();
    if (jobFile.isPresent() && optimizers.isEmpty()) {
      Job own = ChaosJob.of(jobFile, Optional.empty());
      jobs.put(own.optimizer().name(), own);
      return jobs;
    }
    for (String optimizer : optimizers.isEmpty() ? OPTIMIZERS : optimizers) {
      jobs.computeIfAbsent(optimizer, name -> ChaosJob.of(jobFile, Optional.of(name)));
    }
    return jobs;
  }

  private boolean arePeers() {
    return shardsOption.equals("each");
  }

  private int shards() {
    try {
      return arePeers() ? workers : Integer.parseInt(shardsOption);
    } catch (NumberFormatException e) {
      throw CommandException.wrongUse("--shards is a number or each; found '" + shardsOption + "'");
    }
  }

  private void check(Job job, int shards) {
    if (!job.isReproducible()) {
      throw CommandException.wrongUse(
          "expected mode sync and an exact model; digests of other jobs depend on the team");
    }
    if (!job.checkpoint().isOn()) {
      throw CommandException.wrongUse(
          "expected checkpoint.every or checkpoint.seconds; without checkpoints a server that is killed begins anew");
    }
    try {
      LeadRole.check(job, shards, workers);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(e.getMessage());
    }
  }

  private Setup setup(Job job, Path folder, int shards) {
    return new Setup(
        job,
        folder.toAbsolutePath(),
        data.map(Path::toAbsolutePath),
        arePeers(),
        shards,
        workers,
        events,
        seed,
        Duration.ofSeconds(patience));
  }

  private String again(String optimizer) {
    return "cordee chaos%s --seed %s --events %s --shards %s --workers %s --optimizers %s"
        .formatted(
            jobFile.map(file -> " " + file).orElse(""),
            seed,
            events,
            shardsOption,
            workers,
            optimizer);
  }

  private void print(String line) {
    printer().println(line);
    printer().flush();
  }
}
