package io.cordee.worker.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.reduce.Shard;
import io.cordee.common.retry.Backoff;
import io.cordee.common.retry.Retry;
import io.cordee.proto.message.JobEnd;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** With servers in memory, and time that passes only in pauses. */
class RetryingConnectorTest {

  private static final Introduction ANN = new Introduction("ann", 2);
  private static final LostLinkException LOST = new LostLinkException("the connection is lost");

  /** Every pause is the longest possible. */
  private static final RandomGenerator LONGEST = () -> -1;

  private final Queue<FakeServer> servers = new ArrayDeque<>();
  private final List<Long> pauses = new ArrayList<>();
  private Duration now = Duration.ZERO;

  private final Connector connector =
      new RetryingConnector(
          worker -> Connector.Connection.greet(open(), worker),
          new Retry(
              Duration.ofSeconds(20),
              new Backoff(LONGEST, Retry.LONGEST_PAUSE),
              () -> now.toNanos(),
              this::sleep));

  private void sleep(long nanos) {
    pauses.add(Math.round(nanos / 1e6));
    now = now.plusNanos(nanos);
  }

  private ServerLink open() {
    if (servers.isEmpty()) {
      throw new LostLinkException("could not reach the server");
    }
    return servers.remove();
  }

  @Test
  void aServerThatIsThereIsGreetedAtOnce() {
    FakeServer server = greeting();
    Connector.Connection connection = connector.connect(ANN);
    assertSame(server, connection.server());
    assertEquals("ann", connection.welcome().getName());
    assertEquals(List.of("hello ann 2"), server.heard);
    assertEquals(List.of(), pauses);
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
    for (int i = 0; i < 81; i++) {
      losing();
    }
    LinkException end = assertThrows(LinkException.class, () -> connector.reconnect(ANN, LOST));
    assertFalse(end instanceof LostLinkException, "nobody is to try on");
    assertEquals(
        "the connection is lost; gave up after 20 s: is the server running, and the address right?",
        end.getMessage());
    List<Long> expected = new ArrayList<>(List.of(100L, 200L));
    expected.addAll(Collections.nCopies(78, 250L));
    expected.add(200L);
    assertEquals(expected, pauses);
  }

  @Test
  void aServerThatComesLateIsWaitedFor() {
    Duration late = Duration.ofSeconds(15);
    FakeServer server = new FakeServer();
    server.say(Says.welcome("ann", "job", Shard.WHOLE, List.of()));
    Connector waiting =
        new RetryingConnector(
            worker -> Connector.Connection.greet(now.compareTo(late) < 0 ? open() : server, worker),
            new Retry(
                Duration.ofSeconds(20),
                new Backoff(LONGEST, Retry.LONGEST_PAUSE),
                () -> now.toNanos(),
                this::sleep));
    assertSame(server, waiting.connect(ANN).server());
  }

  @Test
  void pausesGoOnGrowingWhileConnectionsAreLostAtOnce() {
    greeting();
    greeting();
    connector.connect(ANN);
    connector.reconnect(ANN, LOST);
    greeting();
    connector.reconnect(ANN, LOST);
    assertEquals(List.of(100L, 200L), pauses);
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
  void whereThereIsNoServerAnyMoreItEndsWhenItsPatienceIsOver() {
    greeting();
    connector.connect(ANN);
    now = now.plusSeconds(60);
    Duration lost = now;
    LinkException end = assertThrows(LinkException.class, () -> connector.reconnect(ANN, LOST));
    assertTrue(end.getMessage().startsWith("could not reach the server; gave up"), end::toString);
    assertEquals(Duration.ofSeconds(20), now.minus(lost), "afresh");
  }

  @Test
  void aServerThatRefusesIsNotTriedAgain() {
    FakeServer refusing = new FakeServer();
    refusing.say(Says.finished(JobEnd.FAILED, "no greeting"));
    servers.add(refusing);
    LinkException end = assertThrows(LinkException.class, () -> connector.reconnect(ANN, LOST));
    assertTrue(end.getMessage().contains("did not answer hello"), end.getMessage());
    assertTrue(refusing.isClosed);
  }

  private FakeServer greeting() {
    FakeServer server = new FakeServer();
    server.say(Says.welcome("ann", "job", Shard.WHOLE, List.of()));
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
