package io.cordee.worker.grpc;

import io.cordee.common.reduce.Shard;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.proto.v1.Welcome;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Introduction;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.ShardedLink;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes one attempt to connect to a server and its other shards.
 *
 * @param servers shard 0, which says where the others are; or all of them, by number
 * @param own the shard of this process, if it has one
 */
public record ServerDial(List<HostAndPort> servers, Access access, Optional<Own> own)
    implements Connector.Dial {

  /**
   * @param door its in-process address
   */
  public record Own(Shard shard, SocketAddress door) {}

  public ServerDial(List<HostAndPort> servers, Access access) {
    this(servers, access, Optional.empty());
  }

  @Override
  public Connector.Connection greet(Introduction worker) {
    GrpcServerLink lead = connect(0, () -> servers.get(0));
    lead.begin();
    int beside = own.map(here -> here.shard().number()).orElse(0);
    return ShardedLink.join(Connector.Connection.greet(lead, worker), worker, beside, this::others);
  }

  private GrpcServerLink connect(int number, Supplier<HostAndPort> where) {
    Optional<Own> here = own.filter(process -> process.shard().number() == number);
    if (here.isPresent()) {
      return GrpcServerLink.connect(here.get().door());
    }
    HostAndPort address = where.get();
    return GrpcServerLink.connect(address.host(), address.port(), access);
  }

  private List<ServerLink> others(Welcome welcome) {
    int shards = welcome.getShards();
    if (servers.size() > 1 && servers.size() != shards) {
      throw new LinkException(
          "the server has %d shards; found %d addresses; give --server that of shard 0, or those of all shards, in order"
              .formatted(shards, servers.size()));
    }
    List<GrpcServerLink> links = new ArrayList<>();
    try {
      for (int number = 1; number < shards; number++) {
        if (servers.size() == 1 && welcome.getOthersCount() < number) {
          break; // the job is over: shard 0 says so
        }
        int shard = number;
        links.add(connect(number, () -> address(shard, welcome)));
      }
      // All of them are connected: nobody waits for the next messages.
      links.forEach(GrpcServerLink::begin);
      return List.copyOf(links);
    } catch (RuntimeException e) {
      links.forEach(ServerLink::close);
      throw e;
    }
  }

  private HostAndPort address(int number, Welcome welcome) {
    if (servers.size() > 1) {
      return servers.get(number);
    }
    String said = welcome.getOthers(number - 1);
    try {
      HostAndPort address = HostAndPort.parse(said);
      if (access.tls().isEmpty() && servers.get(0).isThisMachine() && !address.isThisMachine()) {
        throw new LinkException(
            "shard %d is on another machine, at %s, and would be spoken to in plain text; give --server its address yourself, with --tls-ca or --insecure"
                .formatted(number, address));
      }
      return address;
    } catch (IllegalArgumentException e) {
      throw new LinkException(
          "shard %d does not say where it can be reached; give --server the addresses of all shards, in order, or start it with --advertise HOST:PORT"
              .formatted(number));
    }
  }
}
