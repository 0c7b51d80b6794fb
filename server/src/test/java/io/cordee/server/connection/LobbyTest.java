package io.cordee.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LobbyTest {

  private final List<String> refused = new ArrayList<>();
  private int port;

  /** Two idle ones per address and four in all; six per address and eight in all. */
  private final Lobby lobby =
      new Lobby(new Lobby.Room(2, 4, 6, 8), (peer, why) -> refused.add(peer.toString()));

  private final class Connection extends EmbeddedChannel {

    private final SocketAddress peer;

    Connection(String address) {
      try {
        peer = new InetSocketAddress(InetAddress.getByName(address), ++port);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(e);
      }
    }

    @Override
    protected SocketAddress remoteAddress0() {
      return peer;
    }

    boolean isThere() {
      runPendingTasks();
      return isOpen();
    }
  }

  private final List<Connection> entered = new ArrayList<>();

  private Connection enter(String address) {
    Connection connection = new Connection(address);
    if (!lobby.enter(connection)) {
      connection.close();
    }
    entered.add(connection);
    entered.forEach(EmbeddedChannel::runPendingTasks);
    return connection;
  }

  private List<Connection> enter(int count, String address) {
    return IntStream.range(0, count).mapToObj(i -> enter(address)).toList();
  }

  @Test
  void theNewestIdleOnesOfAnAddressStay() {
    List<Connection> connections = enter(5, "10.0.0.1");
    assertEquals(
        List.of(false, false, false, true, true),
        connections.stream().map(Connection::isThere).toList());
    assertEquals(3, refused.size());
    assertEquals(2, lobby.size());
  }

  @Test
  void whoHasSomethingToDoIsNotTurnedOutByWhoWaits() {
    Connection worker = enter("10.0.0.1");
    lobby.isBusy(worker.peer);
    enter(20, "10.0.0.1");
    assertTrue(worker.isThere());
    lobby.isIdle(worker);
    enter(2, "10.0.0.1");
    assertFalse(worker.isThere());
  }

  @Test
  void whoComesBackToWaitMakesAnOlderOneGo() {
    Connection first = enter("10.0.0.1");
    Connection second = enter("10.0.0.1");
    lobby.isBusy(first);
    Connection third = enter("10.0.0.1");
    lobby.isIdle(first);
    assertEquals(
        List.of(true, false, true), List.of(first.isThere(), second.isThere(), third.isThere()));
  }

  @Test
  void theAddressWithTheMostMakesRoomForAnother() {
    Connection alone = enter("10.0.0.1");
    List<Connection> pair = enter(2, "10.0.0.2");
    enter("10.0.0.3");
    Connection late = enter("10.0.0.4");
    assertTrue(alone.isThere() && late.isThere());
    assertEquals(List.of(false, true), pair.stream().map(Connection::isThere).toList());
  }

  @Test
  void noneEntersWhereAllHaveSomethingToDo() {
    for (String address : List.of("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")) {
      enter(2, address).forEach(lobby::isBusy);
    }
    assertFalse(enter("10.0.0.5").isThere());
    assertEquals(8, lobby.size());
  }

  @Test
  void oneAddressDoesNotHaveAllThereAre() {
    for (int i = 0; i < 6; i++) {
      lobby.isBusy(enter("10.0.0.1"));
    }
    assertFalse(enter("10.0.0.1").isThere());
    assertTrue(enter("10.0.0.2").isThere());
  }

  @Test
  void noneEntersWhileThoseWhoMustGoAreStillThere() {
    List<Connection> slow = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      slow.add(new Connection("10.0.0.1"));
      assertTrue(lobby.enter(slow.get(i)));
    }
    assertFalse(lobby.enter(new Connection("10.0.0.1")), "two are on their way out");
    slow.forEach(EmbeddedChannel::runPendingTasks);
    assertTrue(lobby.enter(new Connection("10.0.0.1")));
  }

  @Test
  void whoIsInMayEnterAgain() {
    Connection connection = enter("10.0.0.1");
    assertTrue(lobby.enter(connection));
    assertEquals(1, lobby.size());
  }

  @Test
  void whoLeavesGivesItsPlaceBack() {
    List<Connection> connections = enter(2, "10.0.0.1");
    connections.forEach(EmbeddedChannel::close);
    connections.forEach(Connection::isThere);
    assertEquals(0, lobby.size());
    assertTrue(enter(2, "10.0.0.1").stream().allMatch(Connection::isThere));
    assertEquals(List.of(), refused);
  }

  @Test
  void aNetworkOfVersionSixIsOneHost() {
    Connection first = enter("2001:db8::1");
    enter("2001:db8::2");
    enter("2001:db8::3");
    assertFalse(first.isThere());
    Connection elsewhere = enter("2001:db8:0:1::1");
    assertTrue(elsewhere.isThere());
  }

  @Test
  void thereIsRoomWithinWhatTheSystemLeaves() {
    assertEquals(new Lobby.Room(2, 4, 6, 8), new Lobby.Room(2, 4, 6, 8).within(1000));
    assertEquals(new Lobby.Room(12, 25, 50, 50), new Lobby.Room(128, 512, 999, 999).within(50));
    assertEquals(new Lobby.Room(1, 1, 1, 1), new Lobby.Room(128, 512, 999, 999).within(-3));
  }
}
