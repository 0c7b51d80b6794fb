package io.cordee.server.connection;

import io.netty.channel.Channel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The connections that a server has accepted. One is idle until it has sent a valid request, and
 * while no call is open. Idle ones are limited: beyond the limit, the one that has been idle
 * longest is closed. So clients that only wait cannot keep out others, nor exhaust file
 * descriptors.
 *
 * <p>Any thread may call.
 */
public final class Lobby {

  /**
   * How many connections there may be.
   *
   * @param idleOfOne idle ones of an address
   * @param idle idle ones in all
   * @param ofOne of an address, idle or not
   * @param all in all; a quarter more may be about to be closed
   */
  public record Room(int idleOfOne, int idle, int ofOne, int all) {

    private int leaving() {
      return Math.max(1, all / 4);
    }

    /** The same, capped at this many connections in all. */
    public Room within(int most) {
      int capped = Math.max(1, Math.min(all, most));
      int capIdle = Math.max(1, Math.min(idle, capped / 2));
      return new Room(
          Math.max(1, Math.min(idleOfOne, capIdle / 2)), capIdle, Math.min(ofOne, capped), capped);
    }
  }

  /** The connections of an address. */
  private static final class Host {
    private final Set<Channel> idle = new LinkedHashSet<>();
    private int all;
  }

  private record Guest(Object host, SocketAddress peer) {}

  private static final int NETWORK_BYTES = 8;

  private final Room room;
  private final BiConsumer<SocketAddress, String> refusals;

  // Guarded by this lobby's monitor.
  private final Map<Object, Host> hosts = new LinkedHashMap<>();
  private final Map<Channel, Guest> guests = new HashMap<>();
  private final Map<SocketAddress, Channel> connections = new HashMap<>();
  private int idle;

  /** Those that are being closed: until they are, they take a file descriptor. */
  private final Set<Channel> leaving = new HashSet<>();

  public Lobby(Room room, BiConsumer<SocketAddress, String> refusals) {
    this.room = room;
    this.refusals = refusals;
  }

  /** Admits a connection, idle at first; returns false if the caller has to close it. */
  public boolean enter(Channel connection) {
    Optional<Channel> mustGo;
    synchronized (this) {
      if (guests.containsKey(connection) || leaving.contains(connection)) {
        return true;
      }
      SocketAddress peer = connection.remoteAddress();
      mustGo = place(connection, new Guest(host(peer), peer));
    }
    mustGo.ifPresent(this::refused);
    if (mustGo.filter(gone -> gone == connection).isPresent()) {
      return false;
    }
    connection.closeFuture().addListener(closed -> closed(connection));
    mustGo.ifPresent(Lobby::close);
    return true;
  }

  private synchronized void closed(Channel connection) {
    leave(connection);
    leaving.remove(connection);
  }

  /** A valid request has come from this peer. */
  public synchronized void isBusy(SocketAddress peer) {
    Channel connection = connections.get(peer);
    if (connection != null) {
      isBusy(connection);
    }
  }

  public synchronized void isBusy(Channel connection) {
    Guest guest = guests.get(connection);
    if (guest != null && hosts.get(guest.host()).idle.remove(connection)) {
      idle--;
    }
  }

  public void isIdle(Channel connection) {
    Optional<Channel> mustGo = Optional.empty();
    synchronized (this) {
      Guest guest = guests.get(connection);
      if (guest != null && hosts.get(guest.host()).idle.add(connection)) {
        idle++;
        Host host = hosts.get(guest.host());
        if (host.idle.size() > room.idleOfOne()) {
          mustGo = oldest(host);
        } else if (idle > room.idle()) {
          mustGo = oldest(greediest());
        }
        mustGo.ifPresent(this::leaves);
      }
    }
    mustGo.ifPresent(this::refused);
    mustGo.ifPresent(Lobby::close);
  }

  public synchronized int size() {
    return guests.size();
  }

  /** The connection to close for the new one; it may be that itself. */
  private Optional<Channel> place(Channel connection, Guest guest) {
    Host host = hosts.getOrDefault(guest.host(), new Host());
    Optional<Channel> mustGo = Optional.empty();
    if (leaving.size() >= room.leaving()) {
      // Connections arrive faster than they are closed.
      return Optional.of(connection);
    }
    if (host.idle.size() >= room.idleOfOne() || host.all >= room.ofOne()) {
      mustGo = Optional.of(oldest(host).orElse(connection));
    } else if (idle >= room.idle() || guests.size() >= room.all()) {
      mustGo = Optional.of(oldest(greediest()).orElse(connection));
    }
    if (mustGo.isPresent()) {
      if (mustGo.get() == connection) {
        return mustGo;
      }
      leaves(mustGo.get());
    }
    hosts.putIfAbsent(guest.host(), host);
    host.idle.add(connection);
    host.all++;
    idle++;
    guests.put(connection, guest);
    connections.put(guest.peer(), connection);
    return mustGo;
  }

  private static Optional<Channel> oldest(Host host) {
    return host.idle.stream().findFirst();
  }

  private Host greediest() {
    return hosts.values().stream()
        .max(Comparator.comparingInt(host -> host.idle.size()))
        .orElseGet(Host::new);
  }

  private void leaves(Channel connection) {
    leave(connection);
    leaving.add(connection);
  }

  private void leave(Channel connection) {
    Guest guest = guests.remove(connection);
    if (guest == null) {
      return;
    }
    Host host = hosts.get(guest.host());
    if (host.idle.remove(connection)) {
      idle--;
    }
    host.all--;
    if (host.all == 0) {
      hosts.remove(guest.host());
    }
    connections.remove(guest.peer(), connection);
  }

  private void refused(Channel connection) {
    refusals.accept(
        connection.remoteAddress(),
        "more connections than there is room for; those that have been idle for longest are"
            + " closed");
  }

  /** Later, as it may not be complete yet. */
  private static void close(Channel connection) {
    connection.eventLoop().execute(connection::close);
  }

  /** One owner is one host: an IPv4 address or an IPv6 network. */
  public static Object host(SocketAddress peer) {
    if (!(peer instanceof InetSocketAddress internet)) {
      return String.valueOf(peer);
    }
    InetAddress address = internet.getAddress();
    return address instanceof Inet6Address
        ? ByteBuffer.wrap(address.getAddress(), 0, NETWORK_BYTES)
        : address;
  }
}
