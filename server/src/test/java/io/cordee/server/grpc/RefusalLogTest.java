package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalLogTest {

  private final List<String> lines = new ArrayList<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private final RefusalLog log =
      new RefusalLog(
          (after, task) -> {
            assertEquals(Duration.ofSeconds(10), after);
            waiting.add(task);
          },
          (peer, line) -> lines.add(line));

  private void refused(String address, String why) {
    log.refused(new InetSocketAddress(address, 1), why);
  }

  private void afterTenSeconds() {
    List<Runnable> due = List.copyOf(waiting);
    waiting.clear();
    due.forEach(Runnable::run);
  }

  @Test
  void theFirstOfEachAddressForEachReasonIsWrittenAtOnce() {
    for (int i = 0; i < 3; i++) {
      refused("10.0.0.1", "no token");
      refused("10.0.0.1", "too late");
      refused("10.0.0.2", "no token");
    }
    List<String> all =
        List.of(
            "refused 10.0.0.1: no token",
            "refused 10.0.0.1: too late",
            "refused 10.0.0.2: no token");
    assertEquals(all, lines);
  }

  @Test
  void theOthersAreCountedInOneLineEveryTenSeconds() {
    for (int i = 0; i < 42; i++) {
      refused("10.0.0.1", "no token");
    }
    afterTenSeconds();
    refused("10.0.0.1", "no token");
    refused("10.0.0.1", "no token");
    afterTenSeconds();
    List<String> all =
        List.of(
            "refused 10.0.0.1: no token",
            "refused 10.0.0.1: no token (41 more in the last 10 s)",
            "refused 10.0.0.1: no token (2 more in the last 10 s)");
    assertEquals(all, lines);
  }

  @Test
  void afterTenSecondsWithoutOneTheNextIsWrittenAtOnceAgain() {
    refused("10.0.0.1", "no token");
    afterTenSeconds();
    assertTrue(waiting.isEmpty(), "nothing is kept of it");
    refused("10.0.0.1", "no token");
    assertEquals(List.of("refused 10.0.0.1: no token", "refused 10.0.0.1: no token"), lines);
  }

  @Test
  void whoeverVariesItFillsNeitherDiskNorMemory() {
    for (int i = 0; i < 5000; i++) {
      refused("10.0.0.1", "version " + i);
    }
    assertEquals(101, lines.size());
    assertEquals(101, waiting.size(), "what is kept of them");
    lines.clear();
    afterTenSeconds();
    assertEquals(
        List.of("refused other peers: too many to name each (4899 more in the last 10 s)"), lines);
  }

  @Test
  void whatAPeerHasWrittenStaysOneLine() {
    refused("10.0.0.1", "version 1\nrefused 10.0.0.9: \u001b[31mno token");
    assertEquals(List.of("refused 10.0.0.1: version 1 refused 10.0.0.9: _[31mno token"), lines);
  }
}
