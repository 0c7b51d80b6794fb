package io.cordee.proto.connection;

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
 * Asks whether a connection may stay before anything is said on it. gRPC has limits for calls only,
 * and no way to the listening socket but from the first connection that it has accepted.
 */
final class Entrance implements ProtocolNegotiator {

  private final ProtocolNegotiator negotiator;
  private final Predicate<Channel> admits;
  private final AtomicBoolean isFirst = new AtomicBoolean(true);

  Entrance(ProtocolNegotiator negotiator, Predicate<Channel> admits) {
    this.negotiator = negotiator;
    this.admits = admits;
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
          connection.parent().pipeline().addFirst(door(admits));
        }
        if (!admits.test(connection)) {
          connection.eventLoop().execute(connection::close);
        }
        context.pipeline().replace(this, null, negotiating);
      }
    };
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
