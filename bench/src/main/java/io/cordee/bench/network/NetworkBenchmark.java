package io.cordee.bench.network;

import io.cordee.bench.Benchmark;
import io.cordee.bench.process.Host;
import io.cordee.bench.process.Turns;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Count;
import io.cordee.bench.report.Figure;
import io.cordee.bench.report.Report;
import io.cordee.bench.wire.TrivialTeam;
import io.cordee.cli.commandline.CommandException;
import io.cordee.common.job.Downlink;
import io.cordee.common.model.Words;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Rounds over emulated cables, beside the least time that their bytes need. */
public final class NetworkBenchmark implements Benchmark {

  /** What 1,448 bytes of a TCP stream take on an Ethernet, with all headers, preamble and gap. */
  private static final double ON_THE_LINE = 1538.0 / 1448;

  private final List<Host> hosts;
  private final double megabits;

  /**
   * @param hosts the server's, then one for each worker
   * @param megabits per second, of each host's cable, in each direction
   */
  public NetworkBenchmark(List<Host> hosts, double megabits) {
    this.hosts = List.copyOf(hosts);
    this.megabits = megabits;
  }

  @Override
  public String name() {
    return "network";
  }

  @Override
  public String description() {
    return "rounds of workers that compute nothing, each process on an emulated host";
  }

  @Override
  public void run(Size size, Report report) throws IOException, InterruptedException {
    if (hosts.size() < 2) {
      throw CommandException.wrongUse(
          "this needs emulated hosts; run it as bench/network.sh, which makes them");
    }
    int parameters = size == Size.QUICK ? 100_000 : 1_000_000;
    Turns.Plan plan = size == Size.QUICK ? new Turns.Plan(1, 2, 2) : new Turns.Plan(60, 11, 10);
    report.note(
        "least time: the server's cable carries each worker's vector in either direction at once,"
            + " at %.0f Mbit/s, 1,538 bytes for every 1,448".formatted(megabits));
    report.note("with signs down it is the way up that takes this time");
    rounds(parameters, Downlink.FLOATS, plan, report);
    rounds(parameters, Downlink.SIGNS, plan, report);
  }

  private void rounds(int parameters, Downlink downlink, Turns.Plan plan, Report report)
      throws IOException, InterruptedException {
    int workers = hosts.size() - 1;
    try (TrivialTeam team =
        TrivialTeam.start(parameters, downlink, hosts.get(0), hosts.subList(1, hosts.size()))) {
      double[] seconds = Turns.alone(plan, team.workers());
      double[] least = new double[seconds.length];
      Arrays.fill(least, leastSeconds((double) workers * parameters * Float.BYTES));
      report.add(
          Figure.of(
              "%s down, %d workers, %s"
                  .formatted(Words.of(downlink), workers, Count.of(parameters)),
              "least time",
              "ms",
              milliseconds(seconds),
              milliseconds(least),
              Bar.atMost(1.25)));
    }
  }

  /** How long the server's cable needs for so many bytes of payload in one direction. */
  private double leastSeconds(double bytes) {
    return bytes * ON_THE_LINE * 8 / (megabits * 1e6);
  }

  private static double[] milliseconds(double[] seconds) {
    return Arrays.stream(seconds).map(time -> time * 1e3).toArray();
  }
}
