package io.cordee.bench;

import io.cordee.bench.chaos.FaultsBenchmark;
import io.cordee.bench.function.FunctionBenchmark;
import io.cordee.bench.kernel.GradientBenchmark;
import io.cordee.bench.kernel.OptimizersBenchmark;
import io.cordee.bench.kernel.ReduceBenchmark;
import io.cordee.bench.process.Host;
import io.cordee.bench.report.Report;
import io.cordee.bench.round.NetworkBenchmark;
import io.cordee.bench.round.RoundBenchmark;
import io.cordee.bench.round.TablesBenchmark;
import io.cordee.bench.scale.Calibration;
import io.cordee.bench.scale.CoordinatorBenchmark;
import io.cordee.bench.scale.RoundForecast;
import io.cordee.bench.serve.ServeBenchmark;
import io.cordee.bench.wire.WireBenchmark;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.CommandLines;
import io.cordee.cli.commandline.CordeeCommand;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cordee bench",
    description = "Measures how close Cordee comes to what this machine can do.",
    footer = {
      "",
      "Every figure stands beside its limit, measured by turns with it in the same run; the ratio",
      "is that of each pair of turns, as median with quartiles.",
      "",
      "Example, under a TCP that does not pace what stays on this machine:",
      "  bench/in-namespace.sh ./cordee bench all",
      "",
      "Exit codes: 0 measured (whatever the figures), 1 failed, 2 wrong use."
    })
public final class Main extends CordeeCommand {

  private static final String ALL = "all";

  /** Needs emulated hosts, so it is not one of all. */
  private static final String NETWORK = "network";

  @Parameters(
      paramLabel = "WHAT",
      arity = "1..*",
      description =
          "What to measure: wire, round, optimizers, reduce, tables, gradient, function, serve, scale,"
              + " faults; or all. On emulated hosts, by bench/network.sh: network.")
  private List<String> wanted = List.of();

  @Option(
      names = "--quick",
      description = "Run everything small and once, as a smoke test: the figures mean nothing.")
  private boolean isQuick;

  @Option(names = "--host", hidden = true)
  private List<Host> hosts = List.of();

  @Option(names = "--mbit", hidden = true)
  private double megabits;

  @Option(names = "--parameters", hidden = true)
  private int parameters = 1_000_000;

  @Option(names = "--latency-ms", hidden = true)
  private double latencyMillis;

  @Option(names = "--cable", hidden = true)
  private List<Long> cables = List.of();

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(command().execute(arguments));
  }

  static CommandLine command() {
    return CommandLines.of(new Main()).registerConverter(Host.class, Host::parse);
  }

  @Override
  public Integer call() throws Exception {
    List<Benchmark> chosen = chosen();
    PrintWriter out = printer();
    Machine.describe().forEach((name, value) -> out.println(name + ": " + value));
    Machine.warning().ifPresent(warning -> out.println("warning: " + warning));
    Report report = new Report(out, isQuick ? Report.Size.QUICK : Report.Size.FULL);
    for (Benchmark benchmark : chosen) {
      report.begin(benchmark.name(), benchmark.description());
      benchmark.measuring().run(report);
    }
    return 0;
  }

  private List<Benchmark> benchmarks() {
    return List.of(
        new Benchmark(
            "wire",
            "a vector pushed and pulled per round, each process on its own, over loopback",
            WireBenchmark::run),
        new Benchmark(
            "round",
            "full batches of made-up images, 784-128-10, each process on its own",
            RoundBenchmark::run),
        new Benchmark(
            "optimizers",
            "an optimizer's step, 2 threads by ranges; limit: triad of as many floats on as many threads",
            OptimizersBenchmark::run),
        new Benchmark(
            "reduce",
            "contributions added along the tree, 2 threads by chunks; limit: triad",
            ReduceBenchmark::run),
        new Benchmark(
            "tables",
            "a table's steps by Adam, 1 thread; limit: lazy ones, by which late rows never catch up",
            TablesBenchmark::run),
        new Benchmark(
            "gradient",
            "of made-up images, 2 threads by partitions; limit: its matrix products, alone, by"
                + " OpenBLAS",
            GradientBenchmark::run),
        new Benchmark(
            "function",
            "calls of a function process that computes nothing, in Python; limit: the copies that"
                + " parameters and gradient need",
            FunctionBenchmark::run),
        new Benchmark(
            "serve",
            "predictions of one row over HTTP, 64 clients that keep their connections; limit: Java's"
                + " own HTTP server with the same network in plain loops",
            ServeBenchmark::run),
        new Benchmark(
            "scale",
            "a server's decisions with a thousand made-up members, and a round's time by a model",
            report -> {
              CoordinatorBenchmark.run(report);
              RoundForecast.print(report);
            }),
        new Benchmark(
            "faults",
            "rounds of 3 workers while processes are killed and stopped, beside the same undisturbed",
            FaultsBenchmark::run),
        new Benchmark(
            NETWORK,
            "rounds of workers that compute nothing, each process on an emulated host",
            new NetworkBenchmark(
                    hosts,
                    Calibration.emulated(megabits * 1e6, latencyMillis / 1e3),
                    parameters,
                    cables)
                ::run));
  }

  private List<Benchmark> chosen() {
    List<Benchmark> every = benchmarks();
    return wanted.contains(ALL)
        ? every.stream().filter(benchmark -> !benchmark.name().equals(NETWORK)).toList()
        : wanted.stream().map(name -> find(name, every)).toList();
  }

  private static Benchmark find(String name, List<Benchmark> benchmarks) {
    return benchmarks.stream()
        .filter(benchmark -> benchmark.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                CommandException.wrongUse(
                    "no benchmark %s; expected %s or %s"
                        .formatted(
                            name,
                            String.join(", ", benchmarks.stream().map(Benchmark::name).toList()),
                            ALL)));
  }
}
