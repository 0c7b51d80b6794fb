package io.cordee.cli.server;

import io.cordee.cli.commandline.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.ShardedLink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Makes one attempt to connect to a server, or to all shards of one.
 *
 * @param servers the shards, by number
 * @param access how they are spoken to
 */
public record ServerDial(List<HostAndPort> servers, Access access) implements Supplier<ServerLink> {

  @Override
  public ServerLink get() {
    List<GrpcServerLink> links = new ArrayList<>();
    try {
      for (HostAndPort server : servers) {
        links.add(GrpcServerLink.connect(server.host(), server.port(), access));
      }
      // All of them are there: nobody has to wait for what is said next.
      links.forEach(GrpcServerLink::begin);
    } catch (LinkException e) {
      links.forEach(ServerLink::close);
      throw e;
    }
    return links.size() == 1 ? links.get(0) : new ShardedLink(List.copyOf(links));
  }
}
