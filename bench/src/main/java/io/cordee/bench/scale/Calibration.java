package io.cordee.bench.scale;

import io.cordee.bench.scale.Cluster.Costs;

/**
 * What was measured for the model of a round, on 2 cores of an AMD EPYC that others kept busy, so
 * in processor time:
 *
 * <pre>
 *   bench/network.sh                      # A: per byte and per parameter
 *   bench/network.sh --parameters 1000    # B: per message, of hosts that wait
 *   WORKERS=12 bench/network.sh --parameters 1000    # C: per message, of a host that is busy
 * </pre>
 */
public final class Calibration {

  /**
   * How far streams drift apart: half of their window. It explains the 160 ms that A's rounds with
   * floats down take if nobody else is on the machine (docs/performance.md); of half, three
   * quarters and all of a window, it was chosen with other points in view (docs/scale.md).
   */
  static final double DRIFT = 1 << 19;

  /**
   * A message: what C's server took, 1.0 ms for 36 of them. The others: the least squares of what
   * A's server and workers took besides, with floats (56 and 71 ms) and with signs down (58 and 122
   * ms).
   */
  static final Costs HOST = new Costs(28e-6, 1.6e-9, 22e-9);

  /**
   * Emulated hosts share the cores with their cables, and wake up for every message: all that B
   * took, 2.9 ms, by its 24 ends of messages; and what A's cables took by byte, 1.3 ns.
   */
  private static final Costs EMULATED = new Costs(120e-6, 2.9e-9, 22e-9);

  private Calibration() {}

  /** Hosts that are emulated on this machine's cores, as by bench/network.sh. */
  public static Cluster emulated(double bitsPerSecond, double latency) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new Cluster(bitsPerSecond, latency, DRIFT, cores, true, EMULATED);
  }
}
