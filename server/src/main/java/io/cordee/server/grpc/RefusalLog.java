package io.cordee.server.grpc;

import io.cordee.common.text.OutsideText;
import io.cordee.proto.security.Refusals;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each refused peer in one line: address, reason and way out. The first refusal of an address
 * for a reason is logged at once. More of them are counted, and the count is logged every {@value
 * #SECONDS} seconds, so that retries fill neither disk nor console. What is counted when the server
 * ends is not logged.
 */
final class RefusalLog implements Refusals {

  private static final int SECONDS = 10;
  private static final Duration WINDOW = Duration.ofSeconds(SECONDS);

  /** How many addresses and reasons are told apart at a time. */
  private static final int MOST = 100;

  private static final int LONGEST = 1000;

  /** All beyond {@link #MOST}. */
  private static final Key OTHERS = new Key("other peers", "too many to name each");

  private record Key(String peer, String why) {}

  /** Runs a task after a time. */
  @FunctionalInterface
  interface Later {
    void run(Duration after, Runnable task);
  }

  /** Receives a line, and the address of the peer that it is about. */
  @FunctionalInterface
  interface Lines {
    void add(String peer, String line);
  }

  private final Later later;
  private final Lines lines;

  /** How many refusals have not been logged yet in the current window; guarded by this. */
  private final Map<Key, Integer> counts = new HashMap<>();

  RefusalLog(Later later, Lines lines) {
    this.later = later;
    this.lines = lines;
  }

  /** Writes warnings to the logger {@value Gate#REFUSALS}. */
  static RefusalLog by(ScheduledExecutorService timer) {
    Logger log = LoggerFactory.getLogger(Gate.REFUSALS);
    return new RefusalLog(
        (after, task) -> timer.schedule(task, after.toMillis(), TimeUnit.MILLISECONDS),
        (peer, line) ->
            log.atWarn().addKeyValue("event", "refused").addKeyValue("peer", peer).log(line));
  }

  @Override
  public void refused(SocketAddress peer, String why) {
    Key own = new Key(Peer.host(peer), OutsideText.printable(why, LONGEST));
    synchronized (this) {
      Key key = counts.containsKey(own) || counts.size() < MOST ? own : OTHERS;
      if (counts.computeIfPresent(key, (same, count) -> count + 1) != null) {
        return;
      }
      begin(key);
    }
    lines.add(own.peer(), "refused " + own.peer() + ": " + own.why());
  }

  private void begin(Key key) {
    counts.put(key, 0);
    later.run(WINDOW, () -> expired(key));
  }

  private void expired(Key key) {
    int count;
    synchronized (this) {
      count = counts.remove(key);
      if (count > 0) {
        begin(key);
      }
    }
    if (count > 0) {
      lines.add(
          key.peer(),
          "refused %s: %s (%d more in the last %d s)"
              .formatted(key.peer(), key.why(), count, SECONDS));
    }
  }
}
