package io.cordee.bench.round;

import io.cordee.bench.process.BenchTeam;
import io.cordee.bench.process.Child;
import io.cordee.bench.process.Host;
import io.cordee.bench.process.TrivialWorker;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Pairs;
import io.cordee.bench.report.Report;
import io.cordee.bench.report.Turns;
import io.cordee.bench.scale.Cluster;
import io.cordee.bench.scale.Layout;
import io.cordee.bench.scale.Round;
import io.cordee.cli.commandline.CommandException;
import io.cordee.common.job.WeightFormat;
import io.cordee.common.model.Words;
import java.io.IOException;
import java.util.List;

/**
 * Rounds over emulated cables, beside the least time that their bytes need.
 *
 * @param hosts the server's, then one for each worker
 * @param parameters of the vector, a multiple of 10
 * @param cables the processes that carry the frames
 */
public record NetworkBenchmark(
    List<Host> hosts, Cluster cluster, int parameters, List<Long> cables) {

  /** Seconds that it takes until the compilers of all hosts are done with the cores they share. */
  private static final double WARMUP = 45;

  public void run(Report report) throws IOException, InterruptedException {
    if (hosts.size() < 2) {
      throw CommandException.wrongUse(
          "this needs emulated hosts; run it as bench/network.sh, which makes them");
    }
    report.note(
        "least time: the server's cable carries each worker's vector in either direction at once,"
            + " at %.0f Mbit/s, 1,538 bytes for every 1,448"
                .formatted(cluster.bitsPerSecond() / 1e6));
    report.note("with signs down it is the way up that takes this time");
    rounds(WeightFormat.FLOATS, report);
    rounds(WeightFormat.SIGNS, report);
  }

  private void rounds(WeightFormat weights, Report report)
      throws IOException, InterruptedException {
    int workers = hosts.size() - 1;
    double least = cluster.lineSeconds((double) workers * parameters * Float.BYTES);
    double forecast = Layout.shards(workers, 1, new Round(parameters, weights)).seconds(cluster);
    int warmup = (int) Math.ceil(WARMUP / forecast);
    int more = Math.max(1, Math.min(50, 1_000_000 / parameters));
    Turns turns = report.choose(new Turns(0, 11, 10 * more), new Turns(0, 2, 2));
    try (BenchTeam team =
        TrivialWorker.team(parameters, weights, hosts.get(0), hosts.subList(1, hosts.size()))) {
      team.seconds(report.choose(warmup, 1));
      Processors processors = new Processors(team);
      Pairs pairs = turns.take(rounds -> least, team);
      report.add(
          "%s down, %d workers, %s".formatted(Words.of(weights), workers, Report.count(parameters)),
          "least time",
          "ms",
          pairs.times(1e3),
          Bar.atMost(1.25));
      report.note("by the model: %.3f ms".formatted(forecast * 1e3));
      report.note(processors.perRound(turns.repetitions() * turns.rounds()));
    }
  }

  /** Processor time of all processes that take part. */
  private final class Processors {
    private final BenchTeam team;
    private final double server;
    private final double workers;
    private final double emulation;

    /** Starts counting. */
    Processors(BenchTeam team) {
      this.team = team;
      server = ofServer();
      workers = ofWorkers();
      emulation = ofCables();
    }

    String perRound(int rounds) {
      return "processors: server %.3f ms a round, all workers %.3f ms, cables %.3f ms"
          .formatted(
              (ofServer() - server) * 1e3 / rounds,
              (ofWorkers() - workers) * 1e3 / rounds,
              (ofCables() - emulation) * 1e3 / rounds);
    }

    private double ofServer() {
      return of(team.pid());
    }

    private double ofWorkers() {
      return team.workers().stream().mapToDouble(Child::processorSeconds).sum();
    }

    private double ofCables() {
      return cables.stream().mapToDouble(Processors::of).sum();
    }

    private static double of(long process) {
      return ProcessHandle.of(process).map(Child::processorSeconds).orElse(0.0);
    }
  }
}
