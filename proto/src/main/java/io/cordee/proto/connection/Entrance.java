package io.cordee.proto.connection;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AsciiString;

/**
 * Has connections pass through the lobby before anything is said on them. gRPC has limits for calls
 * only.
 */
final class Entrance implements ProtocolNegotiator {

  private final ProtocolNegotiator negotiator;
  private final Lobby lobby;

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
        lobby.enter(context.channel());
        context.pipeline().replace(this, null, negotiating);
      }
    };
  }

  @Override
  public void close() {
    negotiator.close();
  }
}
