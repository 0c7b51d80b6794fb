package io.cordee.server.grpc;

import io.cordee.proto.security.Refusals;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Logs refused peers: the same refusal of one address at most once a minute, and at most {@value
 * #MOST} a minute in all, so that retries cannot fill the disk.
 */
final class RefusalLog implements Refusals {

  private static final int MOST = 1024;
  private static final Duration ONCE_IN = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private final Consumer<String> log;

  /** When each was logged in the last minute, eldest first; guarded by this. */
  private final Map<String, Long> said = new LinkedHashMap<>();

  RefusalLog(LongSupplier nanoTime, Consumer<String> log) {
    this.nanoTime = nanoTime;
    this.log = log;
  }

  @Override
  public void refused(SocketAddress peer, String why) {
    String line = "refused " + Peer.host(peer) + ": " + why;
    if (isDue(line)) {
      log.accept(line);
    }
  }

  private synchronized boolean isDue(String line) {
    long now = nanoTime.getAsLong();
    said.values().removeIf(last -> now - last >= ONCE_IN.toNanos());
    return said.size() < MOST && said.putIfAbsent(line, now) == null;
  }
}
