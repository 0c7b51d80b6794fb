package io.cordee.bench.scale;

import io.cordee.bench.report.Report;
import io.cordee.common.job.WeightFormat;
import io.cordee.common.model.Words;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/** Round times by {@link Layout}: on more hosts than there are here, and on emulated ones. */
public final class RoundForecast {

  private static final int RACK = 32;
  private static final int SHARDS = 16;
  private static final int CORES = 8;
  private static final double LATENCY = 50e-6;
  private static final List<Integer> HOSTS = List.of(4, 16, 64, 256, 1024, 4096);
  private static final int MOST = 1 << 16;

  /** As in bench/peers.sh. */
  private static final int PEERS = 4;

  private static final int PEERS_PARAMETERS = 1_000_000;

  private static final String ROW = "%8s %13s %13s %13s %13s %13s";
  private static final String CROSSING = "%-30s %12s %12s %12s";

  private RoundForecast() {}

  public static void print(Report report) {
    report.note(
        "a round's time by the model: hosts of %d cores, %.0f us from host to host, no compute; * by processors, not cables"
            .formatted(CORES, LATENCY * 1e6));
    for (WeightFormat weights : List.of(WeightFormat.FLOATS, WeightFormat.SIGNS)) {
      for (double bits : List.of(1e9, 1e10)) {
        table(report, new Round(10_000_000, weights), cluster(bits));
      }
    }
    report.note(
        "hosts from which on relays of %d, to one server or to %d shards, take half the time (of 4, 8, ... %,d):"
            .formatted(RACK, SHARDS, MOST));
    report.note(CROSSING.formatted("of", "one server", SHARDS + " shards", "peers"));
    for (int parameters : List.of(100_000, 1_000_000, 10_000_000)) {
      for (double bits : List.of(1e9, 1e10)) {
        crossings(report, new Round(parameters, WeightFormat.FLOATS), cluster(bits));
      }
    }
    report.note(
        "%d peers on the emulated hosts of bench/peers.sh, which share %d cores, %s parameters:"
            .formatted(
                PEERS, Runtime.getRuntime().availableProcessors(), Report.count(PEERS_PARAMETERS)));
    for (double bits : List.of(1e8, 1e9)) {
      report.note(
          "%,.0f Mbit/s: %s with floats down, %s with signs"
              .formatted(
                  bits / 1e6,
                  ofPeers(WeightFormat.FLOATS, bits),
                  ofPeers(WeightFormat.SIGNS, bits)));
    }
  }

  private static String ofPeers(WeightFormat weights, double bits) {
    Layout layout = Layout.ofPeers(PEERS, new Round(PEERS_PARAMETERS, weights));
    return time(layout.seconds(Calibration.emulated(bits, 500e-6)));
  }

  private static Cluster cluster(double bits) {
    return new Cluster(bits, LATENCY, Calibration.DRIFT, CORES, false, Calibration.HOST);
  }

  private static String name(Round round, Cluster cluster) {
    return "%s, %s down, %.0f Gbit/s"
        .formatted(
            Report.count(round.parameters()),
            Words.of(round.weights()),
            cluster.bitsPerSecond() / 1e9);
  }

  private static void table(Report report, Round round, Cluster cluster) {
    report.note(name(round, cluster) + ":");
    report.note(
        ROW.formatted(
            "hosts",
            "one server",
            SHARDS + " shards",
            "peers",
            "relays of " + RACK,
            "and " + SHARDS + " shards"));
    for (int hosts : HOSTS) {
      report.note(
          ROW.formatted(
              "%,d".formatted(hosts),
              cell(Layout.shards(hosts, 1, round), cluster),
              cell(Layout.shards(hosts, SHARDS, round), cluster),
              cell(Layout.ofPeers(hosts, round), cluster),
              cell(Layout.relays(hosts, RACK, 1, round), cluster),
              cell(Layout.relays(hosts, RACK, SHARDS, round), cluster)));
    }
  }

  private static String cell(Layout layout, Cluster cluster) {
    String mark = Use.of(layout.pipeline(), cluster).isOfProcessors() ? "*" : " ";
    return time(layout.seconds(cluster)) + mark;
  }

  private static String time(double seconds) {
    if (seconds < 1) {
      return String.format(Locale.ROOT, seconds < 0.01 ? "%.1f ms" : "%.0f ms", seconds * 1e3);
    }
    return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%,.0f s", seconds);
  }

  private static void crossings(Report report, Round round, Cluster cluster) {
    report.note(
        CROSSING.formatted(
            name(round, cluster),
            twice(hosts -> Layout.shards(hosts, 1, round), round, cluster),
            twice(hosts -> Layout.shards(hosts, SHARDS, round), round, cluster),
            twice(hosts -> Layout.ofPeers(hosts, round), round, cluster)));
  }

  private static String twice(IntFunction<Layout> layout, Round round, Cluster cluster) {
    for (int hosts = HOSTS.get(0); hosts <= MOST; hosts *= 2) {
      double relays =
          Math.min(
              Layout.relays(hosts, RACK, 1, round).seconds(cluster),
              Layout.relays(hosts, RACK, SHARDS, round).seconds(cluster));
      if (layout.apply(hosts).seconds(cluster) > 2 * relays) {
        return "%,d".formatted(hosts);
      }
    }
    return "never";
  }
}
