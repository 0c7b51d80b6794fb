package io.cordee.bench.scale;

/**
 * What hosts and the lines between them can do.
 *
 * @param bitsPerSecond of each host's cable, in each direction
 * @param latency seconds from host to host
 * @param drift bytes by which one stream may be ahead of another on the same cable
 * @param cores of each host, or of all of them together
 * @param isShared whether all hosts are emulated on the same cores
 */
public record Cluster(
    double bitsPerSecond, double latency, double drift, int cores, boolean isShared, Costs costs) {

  /** What 1,448 bytes of a TCP stream take on an Ethernet, with all headers, preamble and gap. */
  private static final double ON_THE_LINE = 1538.0 / 1448;

  /**
   * Processor seconds, on one core.
   *
   * @param message to send it, or to receive it
   * @param perByte to send, or to receive
   * @param perParameter to step
   */
  public record Costs(double message, double perByte, double perParameter) {

    double seconds(double messages, double bytes, double stepped) {
      return messages * (message + bytes * perByte) + stepped * perParameter;
    }
  }

  /** How long a cable is busy with this many bytes of payload. */
  public double lineSeconds(double bytes) {
    return bytes * ON_THE_LINE * 8 / bitsPerSecond;
  }
}
