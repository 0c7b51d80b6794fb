package io.cordee.bench.round;

import io.cordee.bench.Benchmark.Size;
import io.cordee.bench.process.Host;
import io.cordee.bench.process.Team;
import io.cordee.bench.process.TrivialWorker;
import io.cordee.bench.process.Turns;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import io.cordee.cli.commandline.CommandException;
import io.cordee.common.job.Downlink;
import io.cordee.common.model.Words;
import java.io.IOException;
import java.util.List;

/**
 * Rounds over emulated cables, beside the least time that their bytes need.
 *
 * @param hosts the server's, then one for each worker
 * @param megabits per second, of each host's cable, in each direction
 */
public record NetworkBenchmark(List<Host> hosts, double megabits) {

  /** What 1,448 bytes of a TCP stream take on an Ethernet, with all headers, preamble and gap. */
  private static final double ON_THE_LINE = 1538.0 / 1448;

  public void run(Size size, Report report) throws IOException, InterruptedException {
    if (hosts.size() < 2) {
      throw CommandException.wrongUse(
          "this needs emulated hosts; run it as bench/network.sh, which makes them");
    }
    int parameters = size.choose(1_000_000, 100_000);
    Turns.Plan plan = size.choose(new Turns.Plan(60, 11, 10), Turns.Plan.QUICK);
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
    double least = leastSeconds((double) workers * parameters * Float.BYTES);
    try (Team team =
        TrivialWorker.team(parameters, downlink, hosts.get(0), hosts.subList(1, hosts.size()))) {
      report.add(
          "%s down, %d workers, %s"
              .formatted(Words.of(downlink), workers, Report.count(parameters)),
          "least time",
          "ms",
          Turns.alone(plan, least, team.workers()).times(1e3),
          Bar.atMost(1.25));
    }
  }

  /** How long the server's cable needs for so many bytes of payload in one direction. */
  private double leastSeconds(double bytes) {
    return bytes * ON_THE_LINE * 8 / (megabits * 1e6);
  }
}
