package io.cordee.proto.connection;

import io.cordee.proto.security.Refusals;
import io.cordee.proto.security.TlsFailure;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AsciiString;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * Asks whether a connection may stay before anything is said on it, and tells why a TLS handshake
 * has failed. gRPC has limits for calls only, no way to the listening socket but from the first
 * connection that it has accepted, and no word for handshakes.
 */
final class Entrance implements ProtocolNegotiator {

  private final ProtocolNegotiator negotiator;
  private final Predicate<Channel> admits;
  private final Refusals onRefused;
  private final AtomicBoolean isFirst = new AtomicBoolean(true);

  Entrance(ProtocolNegotiator negotiator, Predicate<Channel> admits, Refusals onRefused) {
    this.negotiator = negotiator;
    this.admits = admits;
    this.onRefused = onRefused;
  }

  @Override
  public AsciiString scheme() {
    return negotiator.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
    return new Guard(negotiator.newHandler(http2));
  }

  /** Stands behind those that negotiate, where what they cannot deal with comes by. */
  private final class Guard extends ChannelInboundHandlerAdapter {

    private final ChannelHandler negotiating;
    private boolean hasTold;

    Guard(ChannelHandler negotiating) {
      this.negotiating = negotiating;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      Channel connection = context.channel();
      if (isFirst.compareAndSet(true, false)) {
        connection.parent().pipeline().addFirst(door(admits));
      }
      if (!admits.test(connection)) {
        connection.eventLoop().execute(connection::close);
      }
      context.pipeline().addBefore(context.name(), null, negotiating);
    }

    /** Comes with what the handshake has failed with, and with what follows from it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!hasTold) {
        hasTold = true;
        TlsFailure.ofClient(cause)
            .ifPresent(why -> onRefused.refused(context.channel().remoteAddress(), why));
      }
      context.fireExceptionCaught(cause);
    }
  }

  /**
   * Asks on the thread that accepts, before the threads that serve connections have the time to
   * look at them.
   */
  static ChannelHandler door(Predicate<Channel> admits) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel connection = (Channel) accepted;
        if (admits.test(connection)) {
          context.fireChannelRead(connection);
        } else {
          connection.unsafe().closeForcibly();
        }
      }
    };
  }

  @Override
  public void close() {
    negotiator.close();
  }
}
