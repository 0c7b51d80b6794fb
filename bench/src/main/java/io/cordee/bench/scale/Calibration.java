package io.cordee.bench.scale;

import io.cordee.bench.scale.Cluster.Costs;

/**
 * What was measured for the model of a round, in processor time on 2 cores of an AMD EPYC:
 *
 * <pre>
 *   MBIT=10000 bench/network.sh           # A: per byte and per parameter
 *   bench/network.sh --parameters 1000    # B: per message
 *   WORKERS=12 bench/network.sh --parameters 1000    # C: the same, of a host that is busy
 * </pre>
 */
public final class Calibration {

  /**
   * How far streams drift apart: half of their window. It explains the 161 ms that rounds with
   * floats down take at 1 Gbit/s; of half, three quarters and all of a window, it was chosen with
   * other points in view (docs/scale.md).
   */
  static final double DRIFT = 1 << 19;

  /**
   * A message: what C's server took, 0.77 ms for 36 of them. The others: what A's server and
   * workers took besides, with floats down 60 ms for 64 MB sent or received and 1 million
   * parameters stepped, with signs 66 ms for 34 MB and 5 million.
   */
  static final Costs HOST = new Costs(21e-6, 0.8e-9, 7.6e-9);

  /**
   * Emulated hosts share the cores with their cables, and wake up for every message: B's and C's
   * rounds of 2.2 and 3.3 ms decide what one costs; a byte, the rest of the 113 ms that all of A
   * took with floats.
   */
  private static final Costs EMULATED = new Costs(65e-6, 1.37e-9, 7.6e-9);

  private Calibration() {}

  /** Hosts that are emulated on this machine's cores, as by bench/network.sh. */
  public static Cluster emulated(double bitsPerSecond, double latency) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new Cluster(bitsPerSecond, latency, DRIFT, cores, true, EMULATED);
  }
}
