package io.cordee.proto.connection;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AsciiString;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has connections pass through the lobby before anything is said on them. gRPC has limits for calls
 * only, and no way to the listening socket but from the first connection that it has accepted.
 */
final class Entrance implements ProtocolNegotiator {

  private final ProtocolNegotiator negotiator;
  private final Lobby lobby;
  private final AtomicBoolean isFirst = new AtomicBoolean(true);

  Entrance(ProtocolNegotiator negotiator, Lobby lobby) {
    this.negotiator = negotiator;
    this.lobby = lobby;
  }

  @Override
  public AsciiString scheme() {
    return negotiator.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
    ChannelHandler negotiating = negotiator.newHandler(http2);
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void handlerAdded(ChannelHandlerContext context) {
        Channel connection = context.channel();
        if (isFirst.compareAndSet(true, false)) {
          connection.parent().pipeline().addFirst(lobby.door());
        }
        if (!lobby.enter(connection)) {
          connection.eventLoop().execute(connection::close);
        }
        context.pipeline().replace(this, null, negotiating);
      }
    };
  }

  @Override
  public void close() {
    negotiator.close();
  }
}
