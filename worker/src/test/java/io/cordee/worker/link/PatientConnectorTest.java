package io.cordee.worker.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.reduce.Shard;
import io.cordee.common.retry.Backoff;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** With servers in memory, and time that passes in pauses only. */
class PatientConnectorTest {

  private static final Connector.Introduction ANN = new Connector.Introduction("ann", 2);
  private static final LostLinkException LOST = new LostLinkException("the connection is lost");

  /** Every pause is as long as it can be. */
  private static final RandomGenerator LONGEST =
      new RandomGenerator() {
        @Override
        public double nextDouble() {
          return 1;
        }

        @Override
        public long nextLong() {
          throw new AssertionError("only doubles are drawn");
        }
      };

  private final Queue<FakeServer> servers = new ArrayDeque<>();
  private final List<Duration> patience = new ArrayList<>();
  private final List<Long> pauses = new ArrayList<>();
  private Duration now = Duration.ZERO;

  private final Pauses time =
      new Pauses() {
        @Override
        public long nanoTime() {
          return now.toNanos();
        }

        @Override
        public void pause(Duration length) {
          pauses.add(length.toMillis());
          now = now.plus(length);
        }
      };

  private final Connector connector =
      new PatientConnector(this::open, Duration.ofSeconds(20), new Backoff(LONGEST), time);

  private ServerLink open(Duration atMost) {
    patience.add(atMost);
    if (servers.isEmpty()) {
      now = now.plus(atMost);
      throw new LinkException("no server answers");
    }
    return servers.remove();
  }

  @Test
  void aServerThatIsThereIsGreetedAtOnce() {
    FakeServer server = greeting();
    Connector.Connection connection = connector.connect(ANN);
    assertSame(server, connection.server());
    assertEquals("ann", connection.welcome().name());
    assertEquals(List.of("hello ann 2"), server.heard);
    assertEquals(List.of(), pauses);
    assertEquals(List.of(Duration.ofSeconds(20)), patience);
  }

  @Test
  void aServerThatIsLostBeforeItGreetsIsTriedAgain() {
    FakeServer first = losing();
    FakeServer second = greeting();
    assertSame(second, connector.connect(ANN).server());
    assertTrue(first.isClosed);
    assertEquals(List.of(100L), pauses);
  }

  @Test
  void pausesGrowWhileConnectionsAreLostAtOnceUntilPatienceIsOver() {
    for (int i = 0; i < 23; i++) {
      losing();
    }
    LinkException end = assertThrows(LinkException.class, () -> connector.reconnect(ANN, LOST));
    assertFalse(end instanceof LostLinkException, "nobody is to try on");
    assertEquals("the connection is lost; given up after 20 s", end.getMessage());
    List<Long> expected = new ArrayList<>(List.of(100L, 200L, 400L, 800L));
    expected.addAll(Collections.nCopies(18, 1000L));
    expected.add(500L);
    assertEquals(expected, pauses);
  }

  @Test
  void eachLossHasThePatienceOfItsOwnAndPausesThatGoOnGrowing() {
    greeting();
    greeting();
    connector.connect(ANN);
    connector.reconnect(ANN, LOST);
    greeting();
    connector.reconnect(ANN, LOST);
    assertEquals(List.of(100L, 200L), pauses);
    assertEquals(Duration.ofMillis(19_800), patience.get(2));
  }

  @Test
  void afterAConnectionThatHasLastedPausesAreShortAgain() {
    greeting();
    greeting();
    connector.connect(ANN);
    connector.reconnect(ANN, LOST);
    now = now.plusSeconds(6);
    greeting();
    connector.reconnect(ANN, LOST);
    assertEquals(List.of(100L, 100L), pauses);
  }

  @Test
  void whereThereIsNoServerAnyMoreItEndsWithWhatTheDialSays() {
    greeting();
    connector.connect(ANN);
    LinkException end = assertThrows(LinkException.class, () -> connector.reconnect(ANN, LOST));
    assertEquals("no server answers", end.getMessage());
    assertEquals(Duration.ofMillis(19_900), patience.get(1));
  }

  @Test
  void aServerThatRefusesIsNotTriedAgain() {
    FakeServer refusing = new FakeServer();
    refusing.say(new ServerSays.Finished(false, "no greeting"));
    servers.add(refusing);
    LinkException end = assertThrows(LinkException.class, () -> connector.reconnect(ANN, LOST));
    assertTrue(end.getMessage().contains("did not greet"), end.getMessage());
    assertTrue(refusing.isClosed);
  }

  private FakeServer greeting() {
    FakeServer server = new FakeServer();
    server.say(new ServerSays.Welcome("ann", "job", Shard.WHOLE));
    servers.add(server);
    return server;
  }

  private FakeServer losing() {
    FakeServer server = new FakeServer();
    server.loseConnection();
    servers.add(server);
    return server;
  }
}
