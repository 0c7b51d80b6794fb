package io.cordee.bench.scale;

/**
 * What happens to one chunk of each shard at a time: each sender sends messages of one size, and
 * each receiver gets as many as come to it.
 *
 * @param sent messages of each sender
 * @param received messages of each receiver
 * @param bytes of payload of a message
 * @param steppedBefore parameters that each sender steps before it sends
 * @param steppedAfter parameters that each receiver steps then, as it replays signs
 */
record Stage(
    Role from,
    Role to,
    double sent,
    double received,
    double bytes,
    double steppedBefore,
    double steppedAfter) {

  /** Hosts that do the same; their name tells them from others. */
  record Role(String name, double hosts) {}

  /** Messages, and nothing is stepped. */
  static Stage messages(Role from, Role to, double sent, double received, double bytes) {
    return new Stage(from, to, sent, received, bytes, 0, 0);
  }

  /**
   * How long this takes where nothing else goes on: one message takes its time from end to end, and
   * the others follow as fast as the busiest cable or processor lets them.
   */
  double seconds(Cluster cluster) {
    double sending = cluster.costs().seconds(1, bytes, 0);
    double receiving = cluster.costs().seconds(1, bytes, steppedAfter / received);
    double line = cluster.lineSeconds(bytes);
    double stepping = cluster.costs().seconds(0, 0, steppedBefore);
    double others = otherSeconds(cluster, sending, receiving) / cluster.cores();
    return stepping
        + sending
        + line
        + receiving
        + Math.max(others, (Math.max(sent, received) - 1) * line);
  }

  /** Processor seconds, on one core, of all messages but the first. */
  private double otherSeconds(Cluster cluster, double sending, double receiving) {
    if (cluster.isShared()) {
      return (from.hosts() * sent - 1) * (sending + receiving);
    }
    double ofSender = (sent - 1) * sending;
    double ofReceiver = (received - 1) * receiving;
    return from.equals(to) ? ofSender + ofReceiver : Math.max(ofSender, ofReceiver);
  }

  /** Processor seconds of each sender, on one core. */
  double processorOfSender(Cluster cluster) {
    return cluster.costs().seconds(sent, bytes, steppedBefore);
  }

  /** Processor seconds of each receiver, on one core. */
  double processorOfReceiver(Cluster cluster) {
    return cluster.costs().seconds(received, bytes, steppedAfter);
  }

  /** Seconds of each sender's cable, on the way out. */
  double cableOfSender(Cluster cluster) {
    return cluster.lineSeconds(sent * bytes);
  }

  /** Seconds of each receiver's cable, on the way in. */
  double cableOfReceiver(Cluster cluster) {
    return cluster.lineSeconds(received * bytes);
  }
}
