package io.cordee.proto.connection;

import io.cordee.proto.security.Refusals;
import io.cordee.proto.security.Trouble;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AsciiString;

/**
 * Tells why a TLS handshake with a client has failed. gRPC has no word for it on the server, where
 * the reason is known; the client is told little more than that there is one.
 */
final class HandshakeWatch implements ProtocolNegotiator {

  private final ProtocolNegotiator negotiator;
  private final Refusals onRefused;

  HandshakeWatch(ProtocolNegotiator negotiator, Refusals onRefused) {
    this.negotiator = negotiator;
    this.onRefused = onRefused;
  }

  @Override
  public AsciiString scheme() {
    return negotiator.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
    return new Watcher(negotiator.newHandler(http2));
  }

  /** Stands behind those that negotiate, where what they cannot deal with comes by. */
  private final class Watcher extends ChannelInboundHandlerAdapter {

    private final ChannelHandler negotiating;
    private boolean hasTold;

    Watcher(ChannelHandler negotiating) {
      this.negotiating = negotiating;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      context.pipeline().addBefore(context.name(), null, negotiating);
    }

    /** Comes with what the handshake failed with, and with what follows from it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!hasTold) {
        hasTold = true;
        Trouble.withClient(cause)
            .ifPresent(why -> onRefused.refused(context.channel().remoteAddress(), why));
      }
      context.fireExceptionCaught(cause);
    }
  }

  @Override
  public void close() {
    negotiator.close();
  }
}
