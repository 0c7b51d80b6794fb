package io.cordee.cli;

import io.cordee.proto.security.Access;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.PatientConnector;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.ShardedLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Connects to a server, or to all shards of one; says so if it has to wait for the first time. */
final class ServerDial implements PatientConnector.Dial {

  private final List<HostAndPort> servers;
  private final Access access;
  private boolean hasConnected;

  /**
   * @param servers the shards, by number
   * @param access how they are spoken to
   */
  ServerDial(List<HostAndPort> servers, Access access) {
    this.servers = List.copyOf(servers);
    this.access = access;
  }

  @Override
  public ServerLink open(Duration patience) {
    long start = System.nanoTime();
    List<GrpcServerLink> links = new ArrayList<>();
    try {
      for (HostAndPort server : servers) {
        Duration left = patience.minusNanos(System.nanoTime() - start);
        links.add(
            GrpcServerLink.connect(
                server.host(), server.port(), access, left, () -> sayThatItWaits(server, left)));
      }
      // All of them are there: nobody has to wait for what is said next.
      links.forEach(GrpcServerLink::begin);
    } catch (LinkException e) {
      links.forEach(ServerLink::close);
      throw e;
    }
    hasConnected = true;
    return links.size() == 1 ? links.get(0) : new ShardedLink(List.copyOf(links));
  }

  private void sayThatItWaits(HostAndPort server, Duration patience) {
    if (hasConnected) {
      return; // The loss has been said, and how long it is tried again.
    }
    String where = server.resolve().isUnresolved() ? "; its host is not known here yet" : "";
    long seconds = Math.round(patience.toMillis() / 1e3);
    System.err.println(
        "waiting for a server at "
            + server
            + " (for at most "
            + seconds
            + " s; if its job is over, none will come)"
            + where);
  }
}
