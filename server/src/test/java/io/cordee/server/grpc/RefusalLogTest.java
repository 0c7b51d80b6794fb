package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalLogTest {

  private final List<String> lines = new ArrayList<>();
  private long now = Long.MAX_VALUE - 1;
  private final RefusalLog log = new RefusalLog(() -> now, lines::add);

  private void refused(String address, String why) {
    log.refused(new InetSocketAddress(address, 1), why);
  }

  @Test
  void theSameOfOneAddressIsWrittenOnceAMinute() {
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
    now += Duration.ofSeconds(60).toNanos();
    refused("10.0.0.1", "no token");
    assertEquals(4, lines.size());
  }

  @Test
  void whoeverVariesItDoesNotFillTheDisk() {
    for (int i = 0; i < 5000; i++) {
      refused("10.0.0.1", "version " + i);
    }
    assertEquals(1024, lines.size());
    now += Duration.ofSeconds(60).toNanos();
    refused("10.0.0.1", "version 5000");
    assertEquals("refused 10.0.0.1: version 5000", lines.get(1024));
  }
}
